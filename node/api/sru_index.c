#include "node/api/sru_index.h"

#include <string.h>
#include <strings.h>

const struct sru_set SRU_SETS[] = {
	{ "cql", "info:srw/cql-context-set/1/cql-v1.2", "Contextual Query Language" },
	{ "dc", "info:srw/cql-context-set/1/dc-v1.1", "Dublin Core" },
	{ "std", "urn:normlink:context-set:std", "Standards and what is said about them" },
	{ "rec", "info:srw/cql-context-set/2/rec-1.1", "Records" },
	{ "bath", "http://zing.z3950.org/cql/bath/2.0/", "Bath Profile" },
};
const size_t SRU_SET_COUNT = sizeof SRU_SETS / sizeof *SRU_SETS;

/* Without a prefix the first of a name counts.  No terms can be listed of allRecords, which has none (whatever is asked
 * for there is every record), and of relevance, which is nothing but an order. */
const struct sru_index SRU_INDEXES[] = {
	{ "cql", "serverChoice", "Words anywhere, or a reference", FIELD_ANY, SRU_WORDS, true, false, false },
	{ "cql", "anywhere", "Words anywhere, or a reference", FIELD_ANY, SRU_WORDS, true, false, false },
	{ "cql", "keywords", "Words anywhere, or a reference", FIELD_ANY, SRU_WORDS, true, false, false },
	{ "cql", "allRecords", "Every record", FIELD_EVERY, SRU_NOTHING, false, false, false },
	{ "cql", "relevance", "How well a record fits", FIELD_RELEVANCE, SRU_NOTHING, false, true, false },
	{ "dc", "title", "Titles", FIELD_TITLE, SRU_WORDS, true, true, false },
	{ "dc", "identifier", "Reference", FIELD_REFERENCE, SRU_REFERENCE, true, true, false },
	{ "dc", "description", "Abstracts", FIELD_ABSTRACT, SRU_WORDS, true, false, false },
	{ "dc", "creator", "Committee", FIELD_COMMITTEE, SRU_CODE, true, true, true },
	{ "dc", "publisher", "Publisher", FIELD_PUBLISHER, SRU_NAME, true, true, true },
	{ "dc", "subject", "ICS code", FIELD_ICS, SRU_CODE, true, true, true },
	{ "dc", "date", "Date of publication", FIELD_DATE, SRU_CODE, true, true, true },
	{ "dc", "language", "Language of an edition", FIELD_LANGUAGE, SRU_CODE, true, true, true },
	{ "dc", "type", "Kind of record", FIELD_KIND, SRU_WORD, true, true, true },
	{ "std", "number", "Reference", FIELD_REFERENCE, SRU_REFERENCE, true, true, false },
	{ "std", "status", "Status", FIELD_STATUS, SRU_WORD, true, true, true },
	{ "std", "stage", "Harmonised stage code", FIELD_STAGE, SRU_CODE, true, true, true },
	{ "std", "level", "Level", FIELD_LEVEL, SRU_WORD, true, true, true },
	{ "std", "kind", "Kind of record", FIELD_KIND, SRU_WORD, true, true, true },
	{ "std", "ics", "ICS code", FIELD_ICS, SRU_CODE, true, true, true },
	{ "std", "ccs", "CCS code", FIELD_CCS, SRU_CODE, true, true, true },
	{ "std", "committee", "Committee", FIELD_COMMITTEE, SRU_CODE, true, true, true },
	{ "std", "origin", "Log that the record is in", FIELD_ORIGIN, SRU_NAME, true, true, true },
	{ "std", "adopts", "Adopted standard", FIELD_ADOPTS, SRU_STANDARD, true, false, false },
	{ "std", "degree", "Degree of an adoption: idt, mod, neq", FIELD_DEGREE, SRU_WORD, true, false, false },
	{ "std", "replaces", "Replaced standard", FIELD_REPLACES, SRU_STANDARD, true, false, false },
	{ "std", "regulation", "Act that cites it", FIELD_REGULATION, SRU_STANDARD, true, false, false },
	{ "rec", "id", "Entry: ORIGIN#INDEX", FIELD_ENTRY, SRU_ENTRY, true, false, false },
	{ "rec", "identifier", "Entry: ORIGIN#INDEX", FIELD_ENTRY, SRU_ENTRY, true, false, false },
	{ "bath", "any", "Words anywhere, or a reference", FIELD_ANY, SRU_WORDS, true, false, false },
	{ "bath", "title", "Titles", FIELD_TITLE, SRU_WORDS, true, true, false },
	{ "bath", "standardIdentifier", "Reference", FIELD_REFERENCE, SRU_REFERENCE, true, true, false },
};
const size_t SRU_INDEX_COUNT = sizeof SRU_INDEXES / sizeof *SRU_INDEXES;

static const struct sru_set *set_of(const char *name, size_t len, const struct cql_prefix *prefixes)
{
	for (; prefixes != NULL; prefixes = prefixes->outer) {
		bool same = prefixes->name == NULL
		                ? len == 0
		                : strlen(prefixes->name) == len && strncasecmp(prefixes->name, name, len) == 0;
		if (same)
			break;
	}
	for (size_t i = 0; i < SRU_SET_COUNT; i++) {
		const struct sru_set *s = &SRU_SETS[i];
		if (prefixes != NULL ? strcmp(s->uri, prefixes->uri) == 0
		                     : strlen(s->name) == len && strncasecmp(s->name, name, len) == 0)
			return s;
	}
	return NULL;
}

static bool is_default(const struct cql_prefix *prefixes)
{
	for (; prefixes != NULL; prefixes = prefixes->outer)
		if (prefixes->name == NULL)
			return true;
	return false;
}

const struct sru_index *sru_index_find(const char *name, const struct cql_prefix *prefixes, int *diagnostic)
{
	const char *dot = strchr(name, '.');
	size_t len = dot != NULL ? (size_t)(dot - name) : 0;
	bool any = dot == NULL && !is_default(prefixes);
	const struct sru_set *set = any ? NULL : set_of(name, len, prefixes);
	const char *own = dot != NULL ? dot + 1 : name;
	*diagnostic = 15;
	if (set == NULL && !any)
		return NULL;
	*diagnostic = strcasecmp(own, "resultSetId") == 0 ? 50 : 16;
	for (size_t i = 0; i < SRU_INDEX_COUNT; i++)
		if ((any || strcmp(SRU_INDEXES[i].set, set->name) == 0) && strcasecmp(SRU_INDEXES[i].name, own) == 0)
			return &SRU_INDEXES[i];
	return NULL;
}

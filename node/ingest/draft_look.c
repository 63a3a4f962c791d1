/* What the facts of a draft say against each other. */
#include <stdio.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/ingest/clean.h"
#include "node/ingest/draft.h"
#include "proto/utf8.h"

void draft_oddity(struct draft *d, int type, const char *field, const char *found)
{
	Normlink__Record *r = &d->record;
	for (size_t i = 0; i < r->n_oddities; i++)
		if ((int)r->oddities[i]->type == type)
			return;
	struct bytes text = clean_line(d->arena, bytes_str(found));
	while (text.len > LABEL_MAX || (text.len > 0 && !utf8_valid(text)))
		text.len--;
	if (text.len == 0)
		return;
	Normlink__Oddity *oddity = arena_get(d->arena, sizeof *oddity);
	normlink__oddity__init(oddity);
	oddity->has_type = true;
	oddity->type = (Normlink__OddityType)type;
	oddity->field = arena_str(d->arena, field);
	oddity->found = arena_strn(d->arena, text.data, text.len);
	LIST_ADD(d->arena, r->oddities, r->n_oddities, oddity);
}

/* ---- scripts -------------------------------------------------------------------------------------------------- */

/* ISO 15924, four letters each. */
static const char SCRIPTS[] =
    "AdlmAfakAghbAhomArabAranArmiArmnAvstBaliBamuBassBatkBengBhksBlisBopoBrahBraiBugiBuhdCakmCansCariChamCherChrsCirt"
    "CoptCpmnCprtCyrlCyrsDevaDiakDogrDsrtDuplEgydEgyhEgypElbaElymEthiGaraGeokGeorGlagGongGonmGothGranGrekGujrGukhGuru"
    "HanbHangHaniHanoHansHantHatrHebrHiraHluwHmngHmnpHrktHungIndsItalJamoJavaJpanJurcKaliKanaKawiKharKhmrKhojKitlKits"
    "KndaKoreKpelKraiKthiLanaLaooLatfLatgLatnLekeLepcLimbLinaLinbLisuLomaLyciLydiMahjMakaMandManiMarcMayaMedfMendMerc"
    "MeroMlymModiMongMoonMrooMteiMultMymrNagmNandNarbNbatNewaNkdbNkgbNkooNshuOgamOlckOnaoOrkhOryaOsgeOsmaOugrPalmPauc"
    "PcunPelmPermPhagPhliPhlpPhlvPhnxPiqdPlrdPrtiPsinRanjRjngRohgRoroRunrSamrSaraSarbSaurSgnwShawShrdShuiSiddSidtSind"
    "SinhSogdSogoSoraSoyoSundSunuSyloSyrcSyreSyrjSyrnTagbTakrTaleTaluTamlTangTavtTayoTeluTengTfngTglgThaaThaiTibtTirh"
    "TnsaTodrTolsTotoTutgUgarVaiiVispVithWaraWchoWoleXpeoXsuxYeziYiiiZanbZinhZmthZsyeZsymZxxxZyyyZzzz";

bool script_known(const char *code)
{
	if (strlen(code) != 4)
		return false;
	for (const char *s = SCRIPTS; *s != '\0'; s += 4)
		if (memcmp(s, code, 4) == 0)
			return true;
	return false;
}

enum letters { LETTERS_LATIN = 1, LETTERS_KANA = 2, LETTERS_HAN = 4, LETTERS_HANGUL = 8, LETTERS_CYRILLIC = 16 };

static unsigned letters_of(uint32_t c)
{
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
		return LETTERS_LATIN;
	if (c < 0xc0)
		return 0;
	if (c < 0x250 || (c >= 0x1e00 && c < 0x1f00) || (c >= 0xff21 && c <= 0xff5a))
		return LETTERS_LATIN;
	if (c >= 0x400 && c < 0x530)
		return LETTERS_CYRILLIC;
	if ((c >= 0x3041 && c <= 0x3096) || (c >= 0x30a1 && c <= 0x30fa) || (c >= 0xff66 && c <= 0xff9d))
		return LETTERS_KANA;
	if ((c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c < 0x32000))
		return LETTERS_HAN;
	return c >= 0xac00 && c <= 0xd7a3 ? LETTERS_HANGUL : 0;
}

struct look {
	unsigned letters;
	unsigned latin; /* how many of those */
	bool blank;
};

static struct look look_at(struct bytes text)
{
	struct look look = { 0 };
	while (text.len > 0) {
		uint32_t c = text.data[0];
		size_t n = c < 0x80 ? 1 : utf8_read(text, &c);
		if (n == 0)
			break;
		unsigned letters = letters_of(c);
		look.letters |= letters;
		look.latin += letters == LETTERS_LATIN;
		look.blank |= c == ' ';
		text = bytes_of(text.data + n, text.len - n);
	}
	return look;
}

/* Which letters a text has by its script, or by what its language is written in; 0: not known here.  *bar: letters that
 * it must not have. */
static unsigned expected(const char *language, const char *script, unsigned *bar)
{
	static const struct {
		const char *code; /* of a language or a script */
		unsigned letters, bar;
	} table[] = {
		{ "Latn", LETTERS_LATIN, 0 },
		{ "Cyrl", LETTERS_CYRILLIC, 0 },
		{ "Hans", LETTERS_HAN, LETTERS_KANA | LETTERS_HANGUL },
		{ "Hant", LETTERS_HAN, LETTERS_KANA | LETTERS_HANGUL },
		{ "Jpan", LETTERS_HAN | LETTERS_KANA, LETTERS_HANGUL },
		{ "Kore", LETTERS_HAN | LETTERS_HANGUL, LETTERS_KANA },
		{ "zh", LETTERS_HAN, LETTERS_KANA | LETTERS_HANGUL },
		{ "ja", LETTERS_HAN | LETTERS_KANA, LETTERS_HANGUL },
		{ "ko", LETTERS_HAN | LETTERS_HANGUL, LETTERS_KANA },
		{ "ru", LETTERS_CYRILLIC, 0 },
		{ "uk", LETTERS_CYRILLIC, 0 },
		{ "bg", LETTERS_CYRILLIC, 0 },
	};
	static const char latin[] = " en fr de es it pt nl sv da nb nn no fi is pl cs sk sl hr hu ro et lv lt tr vi id ms ";
	const char *code = script[0] != '\0' ? script : language;
	char word[8];
	*bar = 0;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		if (strcmp(table[i].code, code) == 0) {
			*bar = table[i].bar;
			return table[i].letters;
		}
	}
	(void)snprintf(word, sizeof word, " %.3s ", code);
	return script[0] == '\0' && strstr(latin, word) != NULL ? LETTERS_LATIN : 0;
}

/* "USB" may well be the whole of a Chinese title, "Quality management" not. */
static bool fits(const struct look *look, unsigned expected, unsigned bar)
{
	enum { SENTENCE = 10 };
	if ((look->letters & bar) != 0)
		return false;
	if ((look->letters & expected) != 0 || look->letters == 0)
		return true;
	return look->letters == LETTERS_LATIN && (look->latin < SENTENCE || !look->blank);
}

static void look_at_text(struct draft *d, size_t i)
{
	const Normlink__Text *text = d->record.texts[i];
	char language[4] = "", script[5] = "";
	size_t len = strcspn(text->lang, "-");
	if (len > 3)
		return;
	memcpy(language, text->lang, len);
	const char *next = text->lang + len;
	if (*next == '-' && strcspn(next + 1, "-") == 4 && script_known(arena_strn(d->arena, next + 1, 4)))
		memcpy(script, next + 1, 4);
	unsigned bar;
	unsigned letters = expected(language, script, &bar);
	if (letters == 0)
		return;
	struct look look = look_at(bytes_str(text->value));
	if (!fits(&look, letters, bar))
		draft_oddity(d,
		             script[0] != '\0' ? NORMLINK__ODDITY_TYPE__ODDITY_SCRIPT : NORMLINK__ODDITY_TYPE__ODDITY_LANGUAGE,
		             arena_printf(d->arena, "texts[%zu].lang", i), text->lang);
}

/* ---- dates ---------------------------------------------------------------------------------------------------- */

static bool is_birth(int type)
{
	return type == NORMLINK__EVENT_TYPE__EVENT_PUBLISHED || type == NORMLINK__EVENT_TYPE__EVENT_ISSUED;
}

static bool is_later_life(int type)
{
	return type == NORMLINK__EVENT_TYPE__EVENT_IMPLEMENTED || type == NORMLINK__EVENT_TYPE__EVENT_CONFIRMED ||
	       type == NORMLINK__EVENT_TYPE__EVENT_CORRECTED || type == NORMLINK__EVENT_TYPE__EVENT_WITHDRAWN;
}

static void look_at_dates(struct draft *d)
{
	const char *birth = NULL;
	for (size_t i = 0; i < d->standard.n_events; i++)
		if (is_birth((int)d->standard.events[i]->type) &&
		    (birth == NULL || date_before(d->standard.events[i]->date, birth)))
			birth = d->standard.events[i]->date;
	for (size_t i = 0; birth != NULL && i < d->standard.n_events; i++)
		if (is_later_life((int)d->standard.events[i]->type) && date_before(d->standard.events[i]->date, birth))
			draft_oddity(d, NORMLINK__ODDITY_TYPE__ODDITY_DATE, arena_printf(d->arena, "standard.events[%zu].date", i),
			             d->standard.events[i]->date);
}

void draft_look(struct draft *d)
{
	for (size_t i = 0; i < d->record.n_texts; i++)
		look_at_text(d, i);
	look_at_dates(d);
}

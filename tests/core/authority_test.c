/* authority: who speaks for what, from the claims alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "node/core/authority.h"
#include "proto/record.h"

#define SAC "sac.example/log"
#define ISO "iso.example/log"
#define IEC "iec.example/log"
#define EVIL "evil.example/log"

/* A list of strings, ended by NULL. */
#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })

static size_t length(const char *const *list)
{
	size_t n = 0;
	while (list != NULL && list[n] != NULL)
		n++;
	return n;
}

static struct claim claim(const char *by, const char *about, const char *const *prefixes, const char *const *bodies)
{
	return (struct claim){ .said_by = by,
		                   .about = about,
		                   .ours = strcmp(by, ISO) == 0, /* we are ISO */
		                   .prefixes = prefixes,
		                   .prefix_count = length(prefixes),
		                   .bodies = bodies,
		                   .body_count = length(bodies) };
}

static enum authority ask(const struct claim *v, size_t count, const char *origin, const char *reference)
{
	return authority_decide(&(struct claims){ v, count }, origin, NORMLINK__KIND__KIND_STANDARD, reference);
}

#define ASK(v, origin, reference) ask(v, sizeof(v) / sizeof *(v), origin, reference)

static void nobody_claims_it(void **state)
{
	const struct claim v[] = { claim(SAC, SAC, LIST("GB", "GB/T"), NULL) };
	assert_int_equal(ask(NULL, 0, SAC, "GB/T 19001-2016"), AUTHORITY_UNCLAIMED);
	assert_int_equal(ASK(v, ISO, "ISO 9001:2015"), AUTHORITY_UNCLAIMED);
	assert_int_equal(ASK(v, SAC, "GBZ 1-2010"), AUTHORITY_UNCLAIMED);
	assert_int_equal(ASK(v, SAC, "GB3095"), AUTHORITY_UNCLAIMED);
	assert_int_equal(ASK(v, SAC, "G"), AUTHORITY_UNCLAIMED);
}

static void a_claim_makes_own_and_third_party(void **state)
{
	const struct claim v[] = { claim(SAC, SAC, LIST("GB", "GB/T"), NULL) };
	assert_int_equal(ASK(v, SAC, "GB/T 19001-2016"), AUTHORITY_OWN);
	assert_int_equal(ASK(v, SAC, "GB 3095-2012"), AUTHORITY_OWN);
	assert_int_equal(ASK(v, SAC, "GB"), AUTHORITY_OWN);
	assert_int_equal(ASK(v, SAC, "gb/t 19001-2016"), AUTHORITY_OWN);
	assert_int_equal(ASK(v, ISO, "GB/T 19001-2016"), AUTHORITY_THIRD_PARTY);
	assert_int_equal(ASK(v, ISO, "GB/T 19001-2016#en"), AUTHORITY_THIRD_PARTY);
	assert_int_equal(ASK(v, SAC, "X#GB/T 1"), AUTHORITY_UNCLAIMED);
}

static void the_longest_prefix_wins(void **state)
{
	const struct claim v[] = { claim(IEC, IEC, LIST("GB"), NULL), claim(SAC, SAC, LIST("GB/T"), NULL) };
	assert_int_equal(ASK(v, SAC, "GB/T 19001-2016"), AUTHORITY_OWN);
	assert_int_equal(ASK(v, IEC, "GB/T 19001-2016"), AUTHORITY_THIRD_PARTY);
	assert_int_equal(ASK(v, IEC, "GB 3095-2012"), AUTHORITY_OWN);
	assert_int_equal(ASK(v, SAC, "GB 3095-2012"), AUTHORITY_THIRD_PARTY);
}

static void two_claims_are_contested(void **state)
{
	const struct claim v[] = { claim(EVIL, EVIL, LIST("GB/T"), NULL), claim(SAC, SAC, LIST("GB/T", "GB"), NULL) };
	assert_int_equal(ASK(v, SAC, "GB/T 19001-2016"), AUTHORITY_CONTESTED);
	assert_int_equal(ASK(v, EVIL, "GB/T 19001-2016"), AUTHORITY_CONTESTED);
	assert_int_equal(ASK(v, IEC, "GB/T 19001-2016"), AUTHORITY_CONTESTED);
	assert_int_equal(ASK(v, SAC, "GB 3095-2012"), AUTHORITY_OWN);
	/* Saying it twice is not contesting it. */
	const struct claim twice[] = { claim(SAC, SAC, LIST("GB/T", "GB/T", "gb/t"), NULL) };
	assert_int_equal(ASK(twice, SAC, "GB/T 19001-2016"), AUTHORITY_OWN);
}

static void a_number_is_not_taken_from_who_claims_the_code(void **state)
{
	const struct claim v[] = { claim(EVIL, EVIL, LIST("GB/T 19001", "JIS Q 9001"), NULL),
		                       claim(SAC, SAC, LIST("GB"), NULL) };
	assert_int_equal(ASK(v, EVIL, "GB/T 19001-2016"), AUTHORITY_CONTESTED);
	assert_int_equal(ASK(v, SAC, "GB/T 19001-2016"), AUTHORITY_CONTESTED);
	assert_int_equal(ASK(v, SAC, "GB/T 19002-2016"), AUTHORITY_OWN);
	/* Nobody else claims JIS. */
	assert_int_equal(ASK(v, EVIL, "JIS Q 9001:2015"), AUTHORITY_OWN);
	/* Whoever claims the code may claim one of its numbers. */
	const struct claim own[] = { claim(SAC, SAC, LIST("GB/T", "GB/T 19001"), NULL) };
	assert_int_equal(ASK(own, SAC, "GB/T 19001-2016"), AUTHORITY_OWN);
}

static void our_own_log_decides(void **state)
{
	const struct claim v[] = { claim(EVIL, EVIL, LIST("GB/T", "GB/T 19001"), NULL), claim(ISO, SAC, LIST("GB"), NULL),
		                       claim(SAC, SAC, LIST("GB/T"), NULL) };
	assert_int_equal(ASK(v, SAC, "GB/T 19001-2016"), AUTHORITY_OWN);
	assert_int_equal(ASK(v, EVIL, "GB/T 19001-2016"), AUTHORITY_THIRD_PARTY);
	/* What another's log says about a third is an opinion that is not ours. */
	const struct claim others[] = { claim(EVIL, EVIL, LIST("GB/T"), NULL), claim(IEC, SAC, LIST("GB/T"), NULL),
		                            claim(SAC, SAC, LIST("GB/T"), NULL) };
	assert_int_equal(ASK(others, SAC, "GB/T 19001-2016"), AUTHORITY_CONTESTED);
	/* An opinion that lists nothing takes away what the origin claims. */
	const struct claim nothing[] = { claim(EVIL, EVIL, LIST("GB/T"), NULL), claim(ISO, EVIL, NULL, NULL),
		                             claim(SAC, SAC, LIST("GB/T"), NULL) };
	assert_int_equal(ASK(nothing, SAC, "GB/T 19001-2016"), AUTHORITY_OWN);
	/* Opinions may contradict one another, too. */
	const struct claim both[] = { claim(ISO, EVIL, LIST("GB/T"), NULL), claim(ISO, SAC, LIST("GB/T"), NULL) };
	assert_int_equal(ASK(both, SAC, "GB/T 19001-2016"), AUTHORITY_CONTESTED);
}

static void bodies_and_logs(void **state)
{
	const struct claim v[] = { claim(ISO, ISO, LIST("ISO"), LIST("ISO")), claim(SAC, SAC, NULL, LIST("ISO/TC 176")) };
	struct claims claims = { v, 2 };
	int body = NORMLINK__KIND__KIND_BODY, verdict = NORMLINK__KIND__KIND_VERDICT;
	assert_int_equal(authority_decide(&claims, ISO, body, "ISO"), AUTHORITY_OWN);
	assert_int_equal(authority_decide(&claims, ISO, body, "ISO/TC 207"), AUTHORITY_OWN);
	assert_int_equal(authority_decide(&claims, SAC, body, "ISO/TC 176"), AUTHORITY_OWN);
	assert_int_equal(authority_decide(&claims, SAC, body, "ISO"), AUTHORITY_THIRD_PARTY);
	assert_int_equal(authority_decide(&claims, SAC, body, "ISOX"), AUTHORITY_UNCLAIMED);
	assert_int_equal(authority_decide(&claims, SAC, verdict, ISO), AUTHORITY_THIRD_PARTY);
	assert_int_equal(authority_decide(&claims, SAC, NORMLINK__KIND__KIND_SHARING, "members"), AUTHORITY_OWN);
	assert_int_equal(authority_decide(&claims, SAC, NORMLINK__KIND__KIND_AUTHORITY, SAC), AUTHORITY_OWN);
	struct speaker who = authority_speaker(&claims, "ISO 9001:2015");
	assert_string_equal(who.origin, ISO);
	assert_false(who.contested || who.ours);
	assert_string_equal(authority_word(AUTHORITY_THIRD_PARTY), "third-party");
}

/* Each body that issues a joint document speaks for it. */
static void a_joint_reference(void **state)
{
	const struct claim v[] = { claim(IEC, IEC, LIST("ITU-T"), NULL), claim(ISO, ISO, LIST("ISO", "ISO/IEC"), NULL) };
	assert_int_equal(ASK(v, ISO, "ISO/IEC 27002:2022 | ITU-T X.1054"), AUTHORITY_OWN);
	assert_int_equal(ASK(v, IEC, "ISO/IEC 27002:2022 | ITU-T X.1054"), AUTHORITY_OWN);
	assert_int_equal(ASK(v, SAC, "ISO/IEC 27002:2022 | ITU-T X.1054"), AUTHORITY_THIRD_PARTY);
	assert_int_equal(ASK(v, IEC, "ITU-T X.1054"), AUTHORITY_OWN);
	assert_int_equal(ASK(v, IEC, "ISO/IEC 27002:2022"), AUTHORITY_THIRD_PARTY);
	assert_int_equal(ASK(v, SAC, "ISO 9001:2015 | SAC 1"), AUTHORITY_THIRD_PARTY);
	assert_int_equal(ASK(v, SAC, "|"), AUTHORITY_UNCLAIMED);
	assert_int_equal(ASK(v, SAC, ""), AUTHORITY_UNCLAIMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_claims_it),
		cmocka_unit_test(a_claim_makes_own_and_third_party),
		cmocka_unit_test(the_longest_prefix_wins),
		cmocka_unit_test(two_claims_are_contested),
		cmocka_unit_test(a_number_is_not_taken_from_who_claims_the_code),
		cmocka_unit_test(our_own_log_decides),
		cmocka_unit_test(bodies_and_logs),
		cmocka_unit_test(a_joint_reference),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

-- The records of a node (standard input: what `normlink records` writes) as a table with full-text indexes, and the
-- questions that all are asked.  psql -v into=FOLDER: the questions of each class go there, as paths for wrk.
SET jit = off;
SET maintenance_work_mem = '256MB';
CREATE UNLOGGED TABLE raw(n bigserial, line jsonb);
\copy raw(line) FROM pstdin WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')

-- Abstracts are searched and never shown in a list: they do not make the rows longer.
CREATE TABLE record AS
SELECT n, 'bench.example/log' AS origin, line ->> 'kind' AS kind, line ->> 'subject' AS subject,
    line #>> '{standard,status}' AS status,
    (SELECT e ->> 'date' FROM jsonb_array_elements(line #> '{standard,events}') AS e LIMIT 1) AS date,
    (SELECT jsonb_agg(t) FROM jsonb_array_elements(line -> 'texts') AS t WHERE t ->> 'role' = 'title') AS titles,
    ARRAY(SELECT jsonb_array_elements_text(line #> '{standard,ics}')) AS ics,
    to_tsvector('simple', (SELECT coalesce(string_agg(t ->> 'value', ' '), '')
        FROM jsonb_array_elements(line -> 'texts') AS t WHERE t ->> 'role' = 'title')) AS title,
    to_tsvector('simple', left((line ->> 'subject') || ' ' || (SELECT coalesce(string_agg(t ->> 'value', ' '), '')
        FROM jsonb_array_elements(line -> 'texts') AS t), 500000)) AS anywhere,
    ARRAY(SELECT DISTINCT left(c, p) FROM jsonb_array_elements_text(line #> '{standard,ics}') AS c,
        unnest('{2,6,9}'::int[]) AS p WHERE length(c) >= p) AS below
FROM raw;
ALTER TABLE record ADD PRIMARY KEY (n);
CREATE INDEX ON record(subject);
CREATE INDEX ON record USING gin(title) WITH (fastupdate = off);
CREATE INDEX ON record USING gin(anywhere) WITH (fastupdate = off);
CREATE INDEX ON record USING gin(below) WITH (fastupdate = off);

-- ---- questions: made from the records, always the same ones ----

CREATE FUNCTION escaped(t text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(CASE WHEN c ~ '[A-Za-z0-9._-]' THEN c
        ELSE upper(regexp_replace(encode(convert_to(c, 'UTF8'), 'hex'), '(..)', '%\1', 'g')) END, '' ORDER BY i)
    FROM regexp_split_to_table(t, '') WITH ORDINALITY AS s(c, i) $$;

CREATE TABLE question(class text, n bigint, cql text, rest text, subject text, words tsquery, code text, also tsquery,
    fields text[], PRIMARY KEY (class, n));

-- Records in an order that has nothing to do with theirs.
CREATE TEMPORARY TABLE sample AS
SELECT row_number() OVER (ORDER BY md5(subject)) AS n, record.*,
    (SELECT array_agg(w ORDER BY md5(w || subject)) FROM unnest(tsvector_to_array(title)) AS w
        WHERE w ~ '^[a-z]{4,}$') AS in_title,
    (SELECT array_agg(w ORDER BY md5(w || subject)) FROM unnest(tsvector_to_array(anywhere)) AS w
        WHERE w ~ '^[a-z]{4,}$') AS anywhere_in
FROM (SELECT subject, title, anywhere, ics FROM record ORDER BY md5(subject) LIMIT 30000) AS record;

INSERT INTO question
SELECT 'identifier', n, format('dc.identifier == "%s"', subject), 'ref=' || escaped(subject), subject, NULL, NULL
FROM sample WHERE subject !~ '["\\*?^]' ORDER BY n LIMIT 3000;

INSERT INTO question
SELECT 'title words', row_number() OVER (ORDER BY n), format('dc.title all "%s %s"', in_title[1], in_title[2]),
    format('q=title:%s+title:%s', in_title[1], in_title[2]), NULL,
    to_tsquery('simple', format('%s & %s', in_title[1], in_title[2])), NULL
FROM sample WHERE cardinality(in_title) >= 2 ORDER BY n LIMIT 3000;

INSERT INTO question
SELECT 'words anywhere', row_number() OVER (ORDER BY n),
    format('cql.anywhere all "%s %s"', anywhere_in[1], anywhere_in[2]),
    format('q=%s+%s', anywhere_in[1], anywhere_in[2]), NULL,
    to_tsquery('simple', format('%s & %s', anywhere_in[1], anywhere_in[2])), NULL
FROM sample WHERE cardinality(anywhere_in) >= 2 ORDER BY n LIMIT 3000;

INSERT INTO question
SELECT 'ICS subtree', row_number() OVER (ORDER BY md5(code)), 'std.ics=' || code, 'ics=' || code, NULL, NULL, code
FROM (SELECT DISTINCT unnest(below) AS code FROM record) AS codes ORDER BY md5(code) LIMIT 3000;

-- A word of a title, one from anywhere, and one of two fields of ICS.
INSERT INTO question
SELECT 'boolean', row_number() OVER (ORDER BY n),
    format('dc.title=%s and cql.anywhere=%s and (std.ics=%s or std.ics=%s)', in_title[1], anywhere_in[1],
        least(field, '35'), greatest(field, '35')),
    format('q=title:%s+%s&ics=%s,%s', in_title[1], anywhere_in[1], least(field, '35'), greatest(field, '35')),
    NULL, to_tsquery('simple', in_title[1]), NULL, to_tsquery('simple', anywhere_in[1]), ARRAY[field, '35']
FROM (SELECT *, left(ics[1], 2) AS field FROM sample) AS s
WHERE cardinality(in_title) >= 2 AND cardinality(ics) > 0 AND field <> '35' ORDER BY n LIMIT 3000;

-- Words with OR, which CQL has and a query string has not.
INSERT INTO question
SELECT 'boolean or', row_number() OVER (ORDER BY n),
    format('(dc.title=%s or dc.title=%s) and std.ics=%s', in_title[1], in_title[2], left(ics[1], 2)), NULL, NULL, NULL,
    NULL
FROM sample WHERE cardinality(in_title) >= 2 AND cardinality(ics) > 0 ORDER BY n LIMIT 3000;

DROP TABLE raw;
VACUUM ANALYZE;

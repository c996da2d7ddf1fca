-- Figures of a frozen release: checked, compared only where they can be, quoted and cited.
-- Run: duckdb -f figures.sql   (with "<", DuckDB goes on after an error)

SET VARIABLE server = 'http://127.0.0.1:8000';

-- "latest" moves on; a release does not. In work that must be repeatable, set its id here.
SET VARIABLE release = (SELECT data.id FROM read_json(getvariable('server') || '/v1/releases/latest'));
SET VARIABLE files = format('{}/v1/releases/{}/files/', getvariable('server'), getvariable('release'));

-- The hashes of the files below are those that the release states; anything else ends the script.
CREATE TEMP TABLE stated AS
SELECT sha256, name FROM read_csv(getvariable('files') || 'SHA256SUMS', delim = ' ', names = ['sha256', 'empty', 'name']);

SELECT parse_filename(filename) AS file,
       if(content.sha256() IS NOT DISTINCT FROM stated.sha256, 'as stated', error(file || ' differs from SHA256SUMS')) AS sha256
FROM read_blob([getvariable('files') || name FOR name IN ['figures.parquet', 'indicators.parquet', 'sources.parquet']])
LEFT JOIN stated ON name = parse_filename(filename);

CREATE TEMP TABLE figures AS FROM read_parquet(getvariable('files') || 'figures.parquet');
CREATE TEMP TABLE indicators AS FROM read_parquet(getvariable('files') || 'indicators.parquet');
CREATE TEMP TABLE sources AS FROM read_parquet(getvariable('files') || 'sources.parquet');

-- How many figures there are of each kind. `sum(value)` over them would mean nothing: each line holds different things,
-- some are parts of others, and the source does not say whether some overlap. /v1/figures/aggregate refuses such a sum.
SELECT theme, figures.unit, per, change, status, count(*) AS figures
FROM figures JOIN indicators ON indicator_id = indicators.id
WHERE standing <> 'replaced' GROUP BY ALL ORDER BY ALL;

-- The areas, the largest first, in readers' words (`text_en` says "about" and "more than"), with what qualifies them.
SELECT name_en, text_en, round(si_value / 10000, 1) AS hectares_rounded, status, note_en
FROM figures WHERE si_unit = 'm2' AND per IS NULL AND change = 'level' AND standing <> 'replaced'
ORDER BY si_value DESC;

-- A part beside its whole. The note says where that is a reading of the source and not its word.
SELECT part.text_en AS part, whole.text_en AS whole, part.as_stated, part.note_en
FROM figures part JOIN figures whole ON part.part_of_id = whole.id;

-- The words to quote, and where they are. Where the source's own date is unknown, the date is that of the repost.
SELECT as_stated, authors, title, publisher, coalesce(published_on, reposted_on) AS date, published_on IS NULL AS is_repost,
       paragraph, source_url
FROM figures JOIN sources ON source_id = sources.id WHERE si_unit = 'm2' ORDER BY paragraph, start;

SELECT format('Shanhai Open Data, release {}, CC BY 4.0, {}/v1/releases/{}',
              getvariable('release'), getvariable('server'), getvariable('release')) AS cite;

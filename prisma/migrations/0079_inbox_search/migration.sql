-- Search in the names and texts of conversations, with what every Postgres has built in.

-- The text as core/uzbek.foldUzbek leaves it: Cyrillic as Latin, no apostrophes, letters that writers mix up unified; and a space
-- for whatever stands between words. The capital letters stand here because an embedded database knows no locale. translate() is
-- slow by its number of letters, so it is left out for Latin.
CREATE FUNCTION search_folded(value TEXT) RETURNS TEXT LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  folded TEXT := lower(value);
BEGIN
  IF folded ~ '[Ѐ-ӿ]' THEN
    folded := translate(
      folded,
      'аАбБвВгГғҒдДеЕжЖзЗиИйЙкКқҚлЛмМнНоОөӨпПрРсСтТуУўЎ'
      'үҮұҰфФхХҳҲһҺыЫэЭәӘіІїЇєЄґҐјЈљЉњЊђЂџЏЁҢЦЧШЩЮЯЋъьЪЬ',
      'aabbvvggggddeejjzziiyykkkkllmmnnoooopprrssttuuoo'
      'uuuuffhhhhhhiieeaaiiiieeggjjllnnjjjjёңцчшщюяћ'
    );
    folded := replace(folded, 'ё', 'yo');
    folded := replace(folded, 'ң', 'ng');
    folded := replace(folded, 'ц', 'ts');
    folded := replace(folded, 'ч', 'ch');
    folded := replace(folded, 'ш', 'sh');
    folded := replace(folded, 'щ', 'sh');
    folded := replace(folded, 'ю', 'yu');
    folded := replace(folded, 'я', 'ya');
    folded := replace(folded, 'ћ', 'ch');
  END IF;
  folded := regexp_replace(folded, '[''`´ʹʻʼʽˈ‘’‛′＇]', '', 'g');
  folded := replace(replace(folded, 'ye', 'e'), 'yo', 'e');
  IF folded LIKE '%ts%' THEN
    folded := regexp_replace(folded, 'ts(?=[aeiou])', 's', 'g');
  END IF;
  folded := replace(replace(folded, 'x', 'h'), 'q', 'k');
  RETURN regexp_replace(folded, '[\s!-/:-@[-`{-~«»„“”…–—№•·¿¡]+', ' ', 'g');
END
$$;

-- Words of a business begin with its key, so that one index serves all businesses and a look-up reads one business' words alone.
CREATE FUNCTION search_key(tenant UUID) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT right(tenant::text, 8)
$$;

-- The words of a text, for `@@` with search_query. A word has at most 30 letters and a text at most 8,000.
-- ANALYZE and VACUUM call the functions of an index with an empty search path (Postgres 17), so these keep that of now.
CREATE FUNCTION search_words(tenant UUID, value TEXT) RETURNS TSVECTOR LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT AS $$
DECLARE
  key TEXT := search_key(tenant);
  words TEXT[];
BEGIN
  SELECT array_agg(key || left(word, 30)) INTO words
  FROM unnest(string_to_array(search_folded(left(value, 8000)), ' ')) word
  WHERE word <> '';
  RETURN array_to_tsvector(coalesce(words, '{}'));
END
$$;

-- The words of a name and all their endings, so that a name is found by any part of it. A number is found by its beginning, with
-- and without a country's three digits.
CREATE FUNCTION search_parts(tenant UUID, value TEXT) RETURNS TSVECTOR LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT AS $$
DECLARE
  key TEXT := search_key(tenant);
  parts TEXT[];
BEGIN
  SELECT array_agg(key || substr(word, start, 30)) INTO parts
  FROM
    unnest(string_to_array(search_folded(left(value, 300)), ' ')) word,
    generate_series(1, least(length(word), 30)) start
  WHERE start IN (1, 4) OR word !~ '^[0-9]+$';
  RETURN array_to_tsvector(coalesce(parts, '{}'));
END
$$;

-- A person's names and numbers as one text.
CREATE FUNCTION customer_names(first_name TEXT, last_name TEXT, username TEXT, platform_user_id TEXT, other_id TEXT) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT
    coalesce(first_name, '') || ' ' || coalesce(last_name, '') || ' ' || coalesce(username, '')
    || ' ' || platform_user_id || ' ' || coalesce(other_id, '')
$$;

-- Every word of what was typed, as the beginning of one; a single letter is a word of its own. NULL when there is no word: nothing
-- is found.
CREATE FUNCTION search_query(tenant UUID, typed TEXT) RETURNS TSQUERY LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT string_agg(
    quote_literal(search_key(tenant) || left(word, 30)) || CASE WHEN length(word) > 1 THEN ':*' ELSE '' END,
    ' & '
  )::tsquery
  FROM unnest(string_to_array(search_folded(left(typed, 300)), ' ')) word
  WHERE word <> ''
$$;

-- Not before a message has been answered or sent: its row is written several times until then, and each would be indexed anew.
CREATE INDEX "messages_search" ON "messages" 
  USING gin (search_words("tenant_id", "text" || ' ' || coalesce("media_text", '')))
  WHERE "status" NOT IN ('received', 'pending', 'sending');

CREATE INDEX "customers_search" ON "customers"
  USING gin (search_parts("tenant_id", customer_names("first_name", "last_name", "username", "platform_user_id", "other_id")));

CREATE INDEX "conversations_search" ON "conversations" USING gin (search_parts("tenant_id", "chat_title"))
  WHERE "chat_title" IS NOT NULL;

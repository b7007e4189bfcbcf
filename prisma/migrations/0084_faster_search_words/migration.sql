-- The same words as before at a third of the cost, since every message is indexed. The indexes stay valid.

-- Folds as in 0079. translate() looks a letter up from the left, so frequent letters come first, with the space, and capital letters,
-- which only an embedded database leaves, have a step of their own.
CREATE OR REPLACE FUNCTION search_folded(value TEXT) RETURNS TEXT LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  folded TEXT := lower(value);
BEGIN
  IF folded ~ '[Ѐ-ӿ]' THEN
    IF folded ~ '[Ѐ-ЯҐҒҚҢҮҰҲҺӘӨ]' THEN
      folded := translate(
        folded,
        'АБВГҒДЕЖЗИЙКҚЛМНОӨПРСТУЎҮҰФХҲҺЫЭӘІЇЄҐЈЉЊЂЏЁҢЦЧШЩЮЯЋЪЬ',
        'абвгғдежзийкқлмноөпрстуўүұфхҳһыэәіїєґјљњђџёңцчшщюяћъь'
      );
    END IF;
    folded := translate(
      folded,
      ' аоеинтрслвкмудбпзйгыжхэфқўғҳүұөһәіїєґјљњђџъь',
      ' aoeintrslvkmudbpzygijhefkoghuuohaiiegjlnjj'
    );
    IF folded ~ '[ёңцчшщюяћ]' THEN
      folded := replace(replace(replace(folded, 'ё', 'yo'), 'ң', 'ng'), 'ц', 'ts');
      folded := replace(replace(replace(folded, 'ч', 'ch'), 'ш', 'sh'), 'щ', 'sh');
      folded := replace(replace(replace(folded, 'ю', 'yu'), 'я', 'ya'), 'ћ', 'ch');
    END IF;
  END IF;
  folded := replace(replace(regexp_replace(folded, '[''`´ʹʻʼʽˈ‘’‛′＇]', '', 'g'), 'ye', 'e'), 'yo', 'e');
  IF folded LIKE '%ts%' THEN
    folded := regexp_replace(folded, 'ts(?=[aeiou])', 's', 'g');
  END IF;
  RETURN regexp_replace(replace(replace(folded, 'x', 'h'), 'q', 'k'), '[\s!-/:-@[-`{-~«»„“”…–—№•·¿¡]+', ' ', 'g');
END
$$;

-- The words of a folded text, each after the key.
CREATE FUNCTION search_keyed(key TEXT, folded TEXT) RETURNS TSVECTOR LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  words TEXT := coalesce(btrim(folded, ' '), '');
BEGIN
  IF words = '' THEN
    RETURN array_to_tsvector('{}');
  END IF;
  IF length(words) > 30 AND words ~ '[^ ]{31}' THEN
    words := regexp_replace(words, '([^ ]{30})[^ ]+', '\1', 'g');
  END IF;
  RETURN array_to_tsvector(string_to_array(key || replace(words, ' ', ' ' || key), ' '));
END
$$;

-- A body after RETURN is bound to its functions now. It needs no search path at each call, which cost as much as the folding.
CREATE OR REPLACE FUNCTION search_words(tenant UUID, value TEXT) RETURNS TSVECTOR LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN search_keyed(search_key(tenant), search_folded(left(value, 8000)));

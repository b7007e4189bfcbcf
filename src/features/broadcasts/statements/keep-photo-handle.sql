-- Keeps what a connection's channel calls the photo, and when it said so.
UPDATE broadcast_photos
SET
  handles = handles
    || jsonb_build_object(:connectionId::text, jsonb_build_array(:handle::text, (extract(epoch FROM now()) * 1000)::bigint))
WHERE
  id = :id;

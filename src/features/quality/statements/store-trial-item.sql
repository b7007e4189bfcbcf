-- Only while the trial is still this process'.
UPDATE trial_items AS item
SET
  text = :text::text,
  mode = :mode::text,
  status = :status::text,
  sources = :sources::jsonb,
  "right" = :isRight::boolean,
  why = :why::text,
  asked_at = clock_timestamp()
FROM quality_trials AS trial
WHERE
  trial.id = :trialId::uuid
  AND trial.state = 'running'
  AND item.trial_id = trial.id
  AND item.position = :position::int
  AND item.asked_at IS NULL;

-- Who deleted an account and registers again with its e-mail goes on with what was used of the month.
SELECT carry_used_answers(:tenantId::uuid, identity_digest('email', :emailKey)) AS answers;

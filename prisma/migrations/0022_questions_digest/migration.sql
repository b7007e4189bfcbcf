-- Of a business' first question: the last day of its zone whose questions were mailed. The claim of that mail.
ALTER TABLE "open_questions" ADD COLUMN "mailed_on" DATE;

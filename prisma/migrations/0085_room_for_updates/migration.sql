-- Room on a page for the next version of its rows. An update that changes no indexed column then writes no index: the charge of a
-- question, the language of a conversation.
ALTER TABLE "messages" SET (fillfactor = 85);
ALTER TABLE "conversations" SET (fillfactor = 70);

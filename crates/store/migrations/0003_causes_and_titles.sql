-- Which findings the geneticist judged to be the cause, as JSON; nothing for conclusions written before the house asked.
alter table conclusions add column causes text;

-- The case's title in English beside the Danish `label`; nothing for cases taken in before there were two.
alter table cases add column label_en text;

-- Answers to a questionnaire that somebody has begun and not sent: hers who writes them, and nobody else's to read.
-- `questionnaire` is its key, `typed` what stands in the fields as JSON.

create table drafts (
    writer text not null references persons (id),
    person_id text not null references persons (id),
    questionnaire text not null,
    version text not null,
    form text not null,
    typed text not null,
    saved_at text not null,
    primary key (writer, person_id, questionnaire)
);

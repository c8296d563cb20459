-- Who is not to be counted in the house's own cohort, however often she is taken in.

create table cohort_withdrawals (
    person_id text primary key references persons (id),
    withdrawn_at text not null
);

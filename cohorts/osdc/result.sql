-- Type 1 by purchases and primary diagnoses; everybody else included has type 2.
-- A date before 1998 may be the first that the registers show rather than the first there was: it is not stable.
WITH typed AS (
    SELECT
        inclusion.pnr,
        inclusion.date,
        coalesce(drugs.only_insulin AND primary_diagnoses.any_t1d, FALSE)
            OR coalesce(
                primary_diagnoses.majority_t1d AND drugs.insulin_within_180_days AND drugs.two_thirds_insulin, FALSE
            ) AS has_t1d
    FROM inclusion
    LEFT JOIN drugs ON drugs.pnr = inclusion.pnr
    LEFT JOIN primary_diagnoses ON primary_diagnoses.pnr = inclusion.pnr
)
SELECT
    pnr,
    CASE WHEN date >= DATE '1998-01-01' THEN date END AS stable_inclusion_date,
    date AS raw_inclusion_date,
    has_t1d,
    NOT has_t1d AS has_t2d
FROM typed
ORDER BY pnr

-- Primary diagnoses of type 1 and type 2 at medical departments. Endocrinologists decide where they have seen the
-- person for either type, else the other medical specialties.
WITH counted AS (
    SELECT
        pnr,
        sum(CASE WHEN is_t1d AND department = 'endocrinology' THEN 1 ELSE 0 END) AS t1d_endocrinology,
        sum(CASE WHEN is_t2d AND department = 'endocrinology' THEN 1 ELSE 0 END) AS t2d_endocrinology,
        sum(CASE WHEN is_t1d AND department = 'medical' THEN 1 ELSE 0 END) AS t1d_medical,
        sum(CASE WHEN is_t2d AND department = 'medical' THEN 1 ELSE 0 END) AS t2d_medical
    FROM diabetes_diagnoses
    WHERE is_primary
    GROUP BY pnr
)
SELECT
    pnr,
    t1d_endocrinology + t1d_medical > 0 AS any_t1d,
    CASE
        WHEN t1d_endocrinology + t2d_endocrinology > 0 THEN t1d_endocrinology > t2d_endocrinology
        ELSE t1d_medical > t2d_medical
    END AS majority_t1d
FROM counted

-- Transformed: an indolent lymphoma was there before (follicular C82, chronic lymphatic leukaemia C91.1, marginal zone
-- C83.0 and C88.4, lymphoplasmacytic C88.0).
WITH indolent AS (
    SELECT pnr, min(date) AS date
    FROM diagnoses
    WHERE code LIKE 'DC82%' OR code LIKE 'DC911%' OR code LIKE 'DC830%' OR code LIKE 'DC884%' OR code LIKE 'DC880%'
    GROUP BY pnr
)
SELECT
    confirmation.pnr,
    confirmation.index_date,
    confirmation.confirmed,
    coalesce(indolent.date < confirmation.index_date, FALSE) AS transformed
FROM confirmation
LEFT JOIN indolent ON indolent.pnr = confirmation.pnr
ORDER BY confirmation.pnr

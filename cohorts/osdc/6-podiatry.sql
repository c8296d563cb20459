-- Podiatry for persons with diabetes (specialty 54), received by the person and not by her child.
-- The week of the fee (`honuge`, yyww) stands for its Monday by ISO 8601; SYSI begins in 1990.
WITH service AS (
    SELECT pnr, barnmak, speciale, honuge AS week FROM sysi
    UNION ALL
    SELECT pnr, barnmak, speciale, honuge AS week FROM sssy
),
dated AS (
    SELECT
        pnr,
        CAST(substr(week, 3, 2) AS INT) AS number,
        -- The 4th of January is always in week 1.
        make_date(
            CAST(substr(week, 1, 2) AS INT) + CASE WHEN substr(week, 1, 2) >= '90' THEN 1900 ELSE 2000 END, 1, 4
        ) AS in_week_1
    FROM service
    WHERE trim(speciale) LIKE '54%' AND barnmak = 0 AND week ~ '^[0-9]{2}(0[1-9]|[1-4][0-9]|5[0-3])$'
)
SELECT
    pnr,
    in_week_1 + 7 * (number - 1) - CAST((date_part('dow', in_week_1) + 6) % 7 AS INT) AS date
FROM dated

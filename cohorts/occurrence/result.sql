-- Born by the end of the year, diagnosed by its end, and diagnosed in it for the first time among those who were not before.
SELECT
    calendar.year,
    first_diagnosis.koen,
    count(*) AS population,
    count(*) FILTER (WHERE first_diagnosis.date <= make_date(calendar.year, 12, 31)) AS prevalent,
    count(*) FILTER (
        WHERE first_diagnosis.date BETWEEN make_date(calendar.year, 1, 1) AND make_date(calendar.year, 12, 31)
    ) AS incident
FROM calendar
JOIN first_diagnosis ON first_diagnosis.born <= make_date(calendar.year, 12, 31)
GROUP BY calendar.year, first_diagnosis.koen
ORDER BY calendar.year, first_diagnosis.koen

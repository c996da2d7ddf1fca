"""Figures of one or more frozen releases by theme, year of the source, unit, rate and change.

spark-submit figures.py FOLDER...   # each the folder of a release: SHANHAI_DATA_DIR/releases/ID
"""

import sys
from functools import reduce
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import col, count, count_distinct, lit, max_by, year

# Amounts of different units cannot be compared, nor a rate or a change with an amount.
WITHIN = ("theme", "source_year", "unit", "per", "change")


def read_figures(spark: SparkSession, folder: Path) -> DataFrame:
    """Return the figures of a release with the release, their theme, and the year and citation of their source."""

    def table(name: str) -> DataFrame:
        return spark.read.parquet(str(folder / f"{name}.parquet"))

    sources = table("sources").select(
        col("id").alias("source_id"), "publisher", "title", year("published_on").alias("source_year")
    )
    indicators = table("indicators").select(col("id").alias("indicator_id"), "theme")
    parts = folder / "figures"
    if parts.is_dir():  # a large release: the year is in the names of the folders
        figures, sources = spark.read.parquet(str(parts)), sources.drop("source_year")
    else:
        figures = table("figures")
    cited = figures.join(sources, "source_id").join(indicators, "indicator_id")
    return cited.withColumn("release", lit(folder.name))


def summarize(figures: DataFrame) -> DataFrame:
    """Return each group's numbers of figures and sources, and its largest amount with its words and its source.

    Nothing is added up: figures of one unit count different things. `/v1/figures/aggregate` checks what can be.
    """
    current = figures.where("standing != 'replaced'")
    largest = (max_by(name, "value").alias(alias) for name, alias in (("as_stated", "largest"), ("title", "stated_in")))
    groups = current.groupBy("release", *WITHIN)
    return groups.agg(count("*").alias("figures"), count_distinct("source_id").alias("sources"), *largest)


def main(folders: list[str]) -> None:
    """Print the groups of all releases."""
    spark = SparkSession.builder.appName("shanhai").getOrCreate()
    releases = [read_figures(spark, Path(folder)) for folder in folders]
    # Editions grow columns; one that an older edition lacks is null in it.
    figures = reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), releases)
    summarize(figures).orderBy(*WITHIN, "release").show(100, truncate=False)
    spark.stop()


if __name__ == "__main__":
    main(sys.argv[1:])

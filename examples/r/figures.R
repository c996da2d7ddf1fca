# Figures of a frozen release: checked, drawn, quoted and cited. Writes areas.svg into the current folder.
#   apt install r-base-core r-cran-jsonlite r-cran-digest
#   Rscript figures.R                # in a UTF-8 locale; SHANHAI_URL names the server
library(jsonlite)
library(digest)

server <- Sys.getenv("SHANHAI_URL", "http://127.0.0.1:8000")
release_id <- "latest" # set the id that is printed below in work that must be repeatable
release <- fromJSON(paste0(server, "/v1/releases/", release_id))$data
cat("Release", release$id, "of", release$released_on, "\n\n")

# Return the path of a downloaded file of the release.
download <- function(name) {
  path <- tempfile()
  address <- paste0(server, "/v1/releases/", release$id, "/files/", name)
  if (download.file(address, path, mode = "wb", quiet = TRUE) != 0) stop("Cannot download ", address)
  path
}

sums <- read.table(download("SHA256SUMS"), col.names = c("sha256", "name"), colClasses = "character")

# Return a collection of the release. Its file must have the hash that SHA256SUMS states.
collection <- function(name) {
  file <- paste0(name, ".csv")
  path <- download(file)
  if (!identical(digest(file = path, algo = "sha256"), sums$sha256[sums$name == file])) {
    stop(file, " is not the file that the release states")
  }
  read.csv(path, encoding = "UTF-8", na.strings = "") # an empty cell is unknown
}

figures <- collection("figures")
sources <- collection("sources")

# Counts, not sums: figures of one unit count different things, and some are parts of others. The API refuses such a
# sum: /v1/figures/aggregate?unit=CNY&measure=sum:value says why.
print(table(figures$unit, figures$status))

# Areas can be compared: `si_value` is in square metres, whatever the source's unit. No rates, changes or corrected figures.
areas <- subset(figures, si_unit %in% "m2" & is.na(per) & change == "level" & standing != "replaced")
areas <- areas[order(areas$si_value), ]
svg("areas.svg", width = 11, height = 1.5 + 0.6 * nrow(areas))
par(mar = c(4, 17, 3, 6), xpd = TRUE)
ends <- areas$si_value / 10000
bars <- barplot(ends,
  names.arg = areas$name_en, horiz = TRUE, las = 1, cex.names = 0.8, xlab = "hectares",
  main = "Areas that the source states; hatched: not reported as achieved",
  xlim = c(0, 1.1 * max(ends)), density = ifelse(areas$status == "achieved", NA, 15)
)
text(ends, bars, areas$text_en, pos = 4) # the stated amounts, which are not rounded
invisible(dev.off())

# What qualifies each area, the words to quote, and where they are.
cited <- merge(areas, sources, by.x = "source_id", by.y = "id", suffixes = c("", "_source"))
cited <- cited[order(-cited$si_value), ]
date <- ifelse(is.na(cited$published_on), paste("repost of", cited$reposted_on), cited$published_on)
cat(sprintf(
  "\n%s: %s, %s. %s\n  “%s”, %s, %s (%s), paragraph %d\n  %s\n", cited$name_en, cited$text_en, cited$status,
  ifelse(is.na(cited$note_en), "", cited$note_en),
  cited$as_stated, cited$publisher, cited$title, date, cited$paragraph, cited$source_url
), sep = "")

# The citation of the data. It names the release that is served, which must be the one read above.
bibtex <- readLines(paste0(server, "/v1/citation.bib"), encoding = "UTF-8")
if (!any(grepl(release$id, bibtex, fixed = TRUE))) stop("Another release is served by now: cite the one that you read")
writeLines(c("", bibtex))

"""Code that requests a response of the API, in four languages."""


def samples(url: str, csv_url: str | None = None) -> dict[str, str]:
    """Return code that requests `url`, by language. Python and R read `csv_url` instead, if given."""
    python = f'import httpx\n\nresponse = httpx.get("{url}").raise_for_status().json()\nprint(response["data"])'
    r = f'response <- jsonlite::fromJSON("{url}")\nresponse$data'
    if csv_url:
        python = f'import pandas as pd\n\ntable = pd.read_csv("{csv_url}")\nprint(table)'
        r = f'table <- read.csv("{csv_url}", fileEncoding = "UTF-8")\nstr(table)'
    return {
        "curl": f"curl '{url}'",
        "JavaScript": f'const response = await fetch("{url}");\nconst {{ data, meta, links }} = await response.json();',
        "Python": python,
        "R": r,
    }

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
        "JavaScript": (
            f'const response = await fetch("{url}");\n'
            "const answer = await response.json();\n"
            "if (!response.ok) throw new Error(answer.detail);\n"
            "const { data, meta, links } = answer;"
        ),
        "Python": python,
        "R": r,
    }


def cards(url: str, language: str) -> str:
    """Return an HTML page that shows figures as cards, or what was wrong with the request."""
    return f"""<!doctype html>
<meta charset="utf-8">
<title>Cards</title>
<script type="module">
  const response = await fetch("{url}");
  const answer = await response.json();
  if (!response.ok) document.body.append(answer.detail);
  else for (const figure of answer.data) {{
    const card = document.createElement("article");
    for (const text of [figure.name_{language}, figure.text_{language}, figure.subject.name_{language}])
      card.append(Object.assign(document.createElement("p"), {{ textContent: text }}));
    document.body.append(card);
  }}
</script>
"""

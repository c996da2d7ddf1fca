"""The naive application, as a tutorial would write it: synchronous routes, ORM objects, response models, offsets.

It knows nothing of this project and runs in the peers' environment.
"""

import csv
import io
import os
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query, Response
from sqlmodel import Field, Session, SQLModel, create_engine, func, select


class Figure(SQLModel, table=True):
    __tablename__ = "figures"

    id: str = Field(primary_key=True)
    name_zh: str
    name_en: str
    indicator_id: str
    subject_kind: str
    subject_id: str
    subject_collection: str
    place_id: str
    field: str | None
    value: float | None
    lower: float | None
    upper: float | None
    comparator: str
    status: str
    unit: str
    si_value: float | None
    si_unit: str | None
    period: str
    per: str | None
    change: str
    as_of: str
    time: str | None
    time_kind: str
    time_start: str | None
    time_end: str | None
    text_zh: str
    text_en: str
    part_of_id: str | None
    conflicts_with_id: str | None
    replaced_by_id: str | None
    standing: str
    note_zh: str | None
    note_en: str | None
    time_stated: str | None
    as_stated: str
    source_id: str
    paragraph: int
    start: int
    end: int
    time_paragraph: int | None
    time_offset: int | None
    source_url: str


class Count(SQLModel):
    value: str | None
    count: int


engine = create_engine(f"sqlite:///{os.environ['BENCH_COPY']}", connect_args={"check_same_thread": False})
app = FastAPI()


def get_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


Database = Annotated[Session, Depends(get_session)]


@app.get("/figures", response_model=list[Figure])
def read_figures(
    session: Database,
    indicator_id: str | None = None,
    subject_id: str | None = None,
    offset: int = 0,
    limit: Annotated[int, Query(le=1000)] = 50,
) -> object:
    query = select(Figure)
    if indicator_id:
        query = query.where(Figure.indicator_id == indicator_id)
    if subject_id:
        query = query.where(Figure.subject_id == subject_id)
    return session.exec(query.order_by(Figure.id).offset(offset).limit(limit)).all()


@app.get("/figures/{figure_id}", response_model=Figure)
def read_figure(figure_id: str, session: Database) -> object:
    figure = session.get(Figure, figure_id)
    if figure is None:
        raise HTTPException(404, "no such figure")
    return figure


@app.get("/counts/{column}", response_model=list[Count])
def count(column: str, session: Database, indicator_id: str | None = None, value_min: float | None = None) -> object:
    by = getattr(Figure, column)
    query = select(by, func.count()).group_by(by)
    if indicator_id:
        query = query.where(Figure.indicator_id == indicator_id)
    if value_min is not None:
        query = query.where(Figure.value >= value_min)  # type: ignore[operator]
    return [Count(value=value, count=number) for value, number in session.exec(query)]


@app.get("/figures.csv")
def export(session: Database) -> Response:
    text = io.StringIO()
    writer = csv.DictWriter(text, Figure.model_fields)
    writer.writeheader()
    for figure in session.exec(select(Figure).order_by(Figure.id)):
        writer.writerow(figure.model_dump())
    return Response(text.getvalue(), media_type="text/csv")

"""Products: goods that a source names."""

from typing import ClassVar

from app.entity import Bilingual, Collection, NamedInSource, Terms, column, reference


class Product(NamedInSource, table=True):
    """A product that the source names."""

    collection: ClassVar = Collection(
        "products",
        "product",
        Bilingual("产品", "Products"),
        Bilingual("来源点名的产品。", "Products that the source names."),
        rank=3,
    )

    kind: str = column(
        ("类别", "Kind"), ("产品的类别。", "What kind of product it is."),
        facet=True, terms=Terms("product-kind", Bilingual("产品类别", "Kind of product")), example="fruit",
    )  # fmt: skip
    program_id: str = reference(
        "programs",
        ("所属项目", "Program"),
        ("带动其销售的项目。", "Program through which it is sold."),
        include="program",
        reverse="products",
    )

"""Products: goods that a source names."""

from typing import ClassVar

from app.entity import Bilingual, Collection, NamedInSource, Vocabulary, column, reference


class ProductKind(Vocabulary):
    """The kind of product."""

    COOKING_OIL = "cooking-oil", "食用油", "Cooking oil"
    FRUIT = "fruit", "水果", "Fruit"
    PICKLE = "pickle", "腌菜", "Pickle"
    RICE = "rice", "大米", "Rice"


class Product(NamedInSource, table=True):
    """A product that the source names."""

    collection: ClassVar = Collection(
        "products",
        "product",
        Bilingual("产品", "Products"),
        Bilingual("来源点名的产品。", "Products that the source names."),
        rank=3,
    )

    kind: ProductKind = column(("类别", "Kind"), ("产品的类别。", "What kind of product it is."), facet=True)
    program_id: str = reference(
        "programs",
        ("所属项目", "Program"),
        ("带动其销售的项目。", "Program through which it is sold."),
        include="program",
        reverse="products",
    )

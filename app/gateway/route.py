"""Routes whose responses show the release: the stages of a request between routing and its endpoint, and back."""

from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from app.errors import NotFound
from app.gateway.cache import CacheKey, ResponseCache
from app.gateway.finish import add_headers, finish, wants_full_response
from app.http.addresses import header
from app.http.compression import IDENTITY, choose_coding, is_compressible
from app.http.context import RequestContext, context_of
from app.http.languages import NEGOTIATED_PATHS, negotiate_language
from app.http.negotiation import Offer, negotiate
from app.http.validators import ReleaseState, fails_precondition, names_etag
from app.nearest import quote_words


class ReleaseRoute(APIRoute):
    """A route that negotiates once, answers from the cache or with 304, else calls its endpoint and finishes."""

    offers: ClassVar[tuple[Offer, ...]] = ()  # what its address negotiates among; none if there is one form only
    is_compressed: ClassVar[bool] = False  # whether that one form is compressed already, and so has one coding

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return FastAPI's handler, which solves dependencies and calls the endpoint, within the stages."""
        endpoint = super().get_route_handler()

        async def handle(request: Request) -> Response:
            context, gateway = context_of(request.scope), request.app.state.gateway
            self._negotiate(request, context)
            key = _cache_key(request, context)
            context.release = await gateway.releases.release()
            is_unconditional = wants_full_response(request)
            if context.release and (
                known := await _known_response(request, context.release, key, gateway.cache, is_unconditional)
            ):
                return known
            gateway.cache.stats.misses += 1
            with gateway.cache.computing(key):
                response = await endpoint(request)
                return finish(request, response, key, gateway.cache, is_unconditional=is_unconditional)

        return handle

    def _negotiate(self, request: Request, context: RequestContext) -> None:
        """Choose the format, by the extension or else by `format=` and Accept; then the content coding.

        Raises NotFound, NotAcceptable.
        """
        if (extension := request.path_params.get("extension")) is not None:
            context.offer = next((offer for offer in self.offers if offer.is_called(extension)), None)
            if context.offer is None:
                stem = request.scope["path"].removesuffix(extension)
                available = quote_words(f"{stem}{offer.name}" for offer in self.offers)
                raise NotFound(f"There is no format {extension[:20]!r}. Available: {available}.")
        elif self.offers:
            name = next((value for name, value in context.parameters if name == "format"), None)
            context.offer = negotiate(header(request.scope, b"accept"), name, self.offers)
        # A range is one of the identity coding: no client could count the bytes of another.
        is_encodable = not self.is_compressed and header(request.scope, b"range") is None
        if context.offer:
            is_encodable = is_encodable and is_compressible(context.offer.media_type)
        context.coding = choose_coding(header(request.scope, b"accept-encoding")) if is_encodable else IDENTITY


def offering(*offers: Offer) -> type[ReleaseRoute]:
    """Return a route class that negotiates among these forms, the first preferred."""
    return type("OfferingRoute", (ReleaseRoute,), {"offers": offers})


class CompressedRoute(ReleaseRoute):
    """A route whose responses no content coding makes smaller."""

    is_compressed = True


def _cache_key(request: Request, context: RequestContext) -> CacheKey:
    """Return the normalized key: everything that a release's response depends on. `?a=1&b=2` equals `?b=2&a=1`."""
    path = request.scope["path"]
    language = negotiate_language(request.scope) if path in NEGOTIATED_PATHS else ""
    form = context.offer.name if context.offer else ""
    return (context.base_url, path, repr(sorted(context.parameters)), form, language, context.coding)


async def _known_response(
    request: Request, release: ReleaseState, key: CacheKey, cache: ResponseCache, is_unconditional: bool
) -> Response | None:
    """Return a 304 or the cached response, after waiting for another request that is computing it."""
    scope, context, cached = request.scope, context_of(request.scope), cache.get(release, key)
    if (
        not is_unconditional
        and names_etag(scope, (validators := release.validators(key)).etag)
        and not fails_precondition(scope, validators)
    ):
        context.is_cached = True
        cache.stats.not_modified += 1
        if cached:
            cache.put(release, cached, cache.raw_key_if_short(scope))
        response = Response(status_code=304)
        response.raw_headers = []
        add_headers(request, response, validators)
        return response
    if not is_unconditional:
        return None
    if cached is None and await cache.wait(key):
        cached = cache.get(release, key)
    if cached is None:
        return None
    context.is_cached = True
    cache.stats.hits += 1
    cache.put(release, cached, cache.raw_key_if_short(scope))
    response = Response(cached.body)
    response.raw_headers = list(cached.headers)
    return response

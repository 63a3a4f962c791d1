/* GET /: a short page for a person. */
#include "node/api/answer.h"

static const char page[] =
    "<!doctype html>\n"
    "<html lang=\"en\"><head><meta charset=\"utf-8\"><title>normlink node</title>\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}"
    "code{background:#8882;padding:.1em .3em}dt{margin-top:.6em}</style></head>\n"
    "<body><h1>A normlink node</h1>\n"
    "<p>Standards bodies publish signed metadata about standards here and at other nodes, which replicate one "
    "another.\n"
    "Every answer names the log heads it was computed from, and every record can be checked offline.</p>\n"
    "<form action=\"/api/v1/search\"><label>Search <input name=\"q\" size=\"40\"></label> <button>Go</button></form>\n"
    "<dl>\n"
    "<dt><code>GET /api/v1/search?q=&amp;ics=&amp;status=&amp;kind=&amp;origin=&amp;limit=&amp;offset=</code>\n"
    "<dd>records by words and codes\n"
    "<dt><code>GET /api/v1/records?origin=&amp;kind=&amp;from=&amp;limit=</code>\n"
    "<dd>a log's current records, a line of JSON each; <code>Normlink-Next</code> says where the next part begins\n"
    "<dt><code>GET /api/v1/records/REFERENCE</code>\n"
    "<dd>what every body says about a standard: <code>/api/v1/records/ISO%209001:2015</code>; of a statement about "
    "logs,\n"
    "its subject: <code>/api/v1/records/iso.example/log?kind=verdict</code>\n"
    "<dt><code>GET /api/v1/records/REFERENCE/revisions</code>\n"
    "<dd>each statement, with its place in its log\n"
    "<dt><code>GET /api/v1/records/REFERENCE/proof</code>\n"
    "<dd>a file that <code>normlink verify</code> checks without a network\n"
    "<dt><a href=\"/api/v1/heads\"><code>GET /api/v1/heads</code></a>,\n"
    "<a href=\"/api/v1/peers\"><code>/api/v1/peers</code></a>,\n"
    "<a href=\"/api/v1/status\"><code>/api/v1/status</code></a>\n"
    "<dd>the signed heads, the neighbours, how far each copy has come\n"
    "<dt><code>GET /api/v1/entries/INDEX?origin=</code>\n"
    "<dd>one entry of a log by its number, also one that was redacted; <code>/proof</code> behind it proves it\n"
    "<dt><a href=\"/api/v1/redactions\"><code>GET /api/v1/redactions</code></a>\n"
    "<dd>what was taken away, why, and which peers have confirmed it\n"
    "<dt><a href=\"/api/v1/evidence\"><code>GET /api/v1/evidence</code></a>\n"
    "<dd>logs that signed two histories, and the files that prove it\n"
    "<dt><a href=\"/log/checkpoint\"><code>GET /log/checkpoint</code></a>, <code>/log/tile/L/N</code>,\n"
    "<code>/log/tile/entries/N</code>, <code>/log/payload/N</code>\n"
    "<dd>this node's own log, by C2SP tlog-tiles; a mirrored one is below <code>/mirror/HASH/</code>, HASH being the\n"
    "SHA-256 of its origin in hex\n"
    "<dt><code>GET /witness/HASH/checkpoint</code>, <code>POST /witness/add-checkpoint</code>,\n"
    "<code>POST /mirror/add-checkpoint</code>, <code>POST /mirror/add-entries</code>\n"
    "<dd>this node as a witness and as a mirror (C2SP tlog-witness, tlog-mirror)\n"
    "<dt><a href=\"/api/v1/keys\"><code>GET /api/v1/keys</code></a>\n"
    "<dd>which keys took the place of others, signed by both\n"
    "<dt><a href=\"/api/v1/statistics\"><code>GET "
    "/api/v1/statistics?origin=&amp;by=&amp;date=&amp;format=</code></a>,\n"
    "<a href=\"/api/v1/statuses\"><code>/api/v1/statuses</code></a>\n"
    "<dd>figures that anybody can count again; what the words of bodies mean here\n"
    "<dt><a href=\"/metrics\"><code>GET /metrics</code></a>, <a href=\"/healthz\"><code>/healthz</code></a>,\n"
    "<a href=\"/readyz\"><code>/readyz</code></a>\n"
    "<dd>for who operates it\n"
    "</dl>\n"
    "<p>Answers are JSON, or text for a terminal with <code>Accept: text/plain</code>.</p>\n"
    "</body></html>\n";

static const char plain[] =
    "A normlink node: signed metadata about standards, replicated and checkable.\n"
    "\n"
    "  /api/v1/search?q=&ics=&status=&kind=&origin=&limit=&offset=\n"
    "  /api/v1/records?origin=&kind=&from=    a log's current records, a line of JSON each\n"
    "  /api/v1/records/REFERENCE?kind=        what every body says about a standard; of a kind about logs, its "
    "subject\n"
    "  /api/v1/records/REFERENCE/revisions    each statement, with its place in its log\n"
    "  /api/v1/records/REFERENCE/proof        a file that normlink verify checks offline\n"
    "  /api/v1/heads  /api/v1/peers  /api/v1/status\n"
    "  /api/v1/entries/INDEX?origin=          one entry of a log by its number; /proof behind it proves it\n"
    "  /api/v1/redactions                     what was taken away, why, and which peers have confirmed it\n"
    "  /api/v1/evidence                       logs that signed two histories\n"
    "  /api/v1/keys                           which keys took the place of others\n"
    "  /api/v1/statistics?origin=&by=&date=&format=    figures that anybody can count again\n"
    "  /api/v1/statuses                       what the words of bodies mean here\n"
    "  /log/checkpoint  /log/tile/L/N  /log/tile/entries/N  /log/payload/N\n"
    "                                         this node's own log, by C2SP tlog-tiles\n"
    "  /mirror/HASH/...                       a mirrored one; HASH: SHA-256 of its origin, in hex\n"
    "  /metrics  /healthz  /readyz\n"
    "\n"
    "Answers are JSON, or text like this with Accept: text/plain.\n";

void index_answer(struct answer *a)
{
	if (a->text) {
		buf_add_str(&a->body, plain);
		return;
	}
	a->type = "text/html; charset=utf-8";
	a->page = true;
	buf_add_str(&a->body, page);
}

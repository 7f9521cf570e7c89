package httpin

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"warroom/feed/alerts"
	"warroom/model"
)

// The limits if the options have none.
const (
	DefaultLimit  = 32 << 20 // bytes of a body as sent
	DefaultAtOnce = 4        // bodies that are read concurrently
	maxCalls      = 16       // concurrent calls of hooks
	headFor       = 10 * time.Second
	waitFor       = 30 * time.Second // wait for one of these
	takeFor       = 90 * time.Second // reading and storing
	idleFor       = time.Minute
	endFor        = 5 * time.Second
)

// Hook is the webhook of a service. Claim and Verify decide whether a request is from the
// service; ServeHTTP gets only those.
type Hook interface {
	http.Handler
	// MaxBody returns the max size of a body, in bytes.
	MaxBody() int64
	// Claim refuses a request whose headers alone show that it is not from the service.
	Claim(h http.Header) error
	// Verify refuses a body that the service did not sign.
	Verify(ctx context.Context, h http.Header, body io.ReadSeeker) error
}

// Options configure who may post alerts, and what is done with them.
type Options struct {
	// Take reads the alerts of a body and stores them in a room, or in the lobby for "".
	Take func(ctx context.Context, d alerts.Delivery) (alerts.Taken, error)
	// Check returns an error if a room accepts no alerts, for requests that have none. It
	// is required if Take is set.
	Check func(ctx context.Context, room string) error
	// Token is what senders present as "Authorization: Bearer TOKEN"; Sign is the secret of
	// signatures; GitHub is the secret of GitHub's webhooks. Without any of them, nobody
	// may post alerts.
	Token, Sign, GitHub model.Secret
	Limit               int64  // bytes of a body; if 0, DefaultLimit
	AtOnce              int    // bodies that are read concurrently; if 0, DefaultAtOnce
	Dir                 string // directory of bodies until they are read; if "", that of temporary files
	// Hooks are the webhooks by path, such as "/hooks/slack".
	Hooks      map[string]Hook
	Now        func() time.Time
	Logf       func(model.Safe) // logs failures, several in one line; if nil, not logged
	TallyEvery time.Duration    // interval of log lines; if 0, once a minute
}

// server answers requests.
type server struct {
	Options
	spool   *spool
	slots   chan struct{} // for alerts
	calls   chan struct{} // for hooks
	senders senders
	failing failing
	seen    replays
	tally   *tally
	mux     *http.ServeMux
}

// Handler answers all HTTP requests.
type Handler struct{ s *server }

// New returns a handler.
func New(o Options) *Handler {
	if o.Limit <= 0 {
		o.Limit = DefaultLimit
	}
	if o.AtOnce <= 0 {
		o.AtOnce = DefaultAtOnce
	}
	s := &server{Options: o, spool: newSpool(o.Dir, o.Limit, o.Now), slots: make(chan struct{}, o.AtOnce),
		calls:   make(chan struct{}, maxCalls),
		senders: senders{slots: max(1, o.AtOnce/2)}, tally: newTally(o.Logf, o.TallyEvery), mux: http.NewServeMux()}
	s.seen.load(o.Dir, o.Now())
	for _, r := range s.routes() {
		s.mux.HandleFunc(r.pattern, r.serve)
	}
	return &Handler{s}
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.s.mux.ServeHTTP(w, r) }

// Patterns returns the paths that are served, each with its own handler.
func (h *Handler) Patterns() []string {
	var out []string
	for _, r := range h.s.routes() {
		out = append(out, r.pattern)
	}
	return out
}

// route is one path.
type route struct {
	pattern string
	serve   http.HandlerFunc
}

// routes is the complete list of what is served.
func (s *server) routes() []route {
	out := []route{{pattern: "/ingest", serve: s.ingest}, {pattern: "/ingest/{source}", serve: s.ingest},
		{pattern: "/", serve: s.nothing}}
	for _, path := range slices.Sorted(maps.Keys(s.Hooks)) {
		out = append(out, route{pattern: path, serve: s.hook(s.Hooks[path])})
	}
	return out
}

func (s *server) nothing(w http.ResponseWriter, r *http.Request) {
	s.fail(w, r, http.StatusNotFound, failOther, model.Lit("there is nothing here; alerts are posted to /ingest"))
}

// ingest handles one body of alerts.
func (s *server) ingest(w http.ResponseWriter, r *http.Request) {
	if !s.posted(w, r) {
		return
	}
	c, err := s.claims(r.Header)
	if err != nil {
		w.Header().Set("WWW-Authenticate", `Bearer realm="warroom"`)
		s.fail(w, r, http.StatusUnauthorized, failProof, model.Sentence(err))
		return
	}
	s.receive(w, r, c, job{limit: s.Limit, slots: s.slots, read: s.takeAlerts})
}

// takeAlerts reads and stores the alerts of an authenticated body. It reports whether the
// same request may be repeated.
func (s *server) takeAlerts(w http.ResponseWriter, r *http.Request, from origin, b io.ReadSeeker) (repeatable bool) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || len(query["room"]) > 1 || len(query["source"]) > 1 {
		s.refuse(w, http.StatusUnprocessableEntity,
			model.Lit("the part of the address after the ? cannot be read, or names two rooms or sources; write it as "+
				"?room=inc-1"))
		return false
	}
	room := strings.ToLower(query.Get("room"))
	if !isRoom(room) {
		s.refuse(w, http.StatusNotFound,
			model.NoRoom(room).Message)
		return false
	}
	ctx, cancel := context.WithTimeout(r.Context(), takeFor)
	defer cancel()
	if r.Header.Get(GitHubHeader) != "" && r.Header.Get("X-GitHub-Event") == "ping" {
		if err := s.Check(ctx, room); err != nil {
			status, sentence := statusOf(err, s.Limit)
			s.refuse(w, status, sentence)
			return status >= http.StatusInternalServerError
		}
		s.answer(w, http.StatusOK, struct {
			OK model.Safe `json:"ok"`
		}{model.Lit("the webhook reaches warroom")})
		return false
	}
	doc, err := document(r.Header, b)
	var t alerts.Taken
	if err == nil {
		t, err = s.Take(ctx, alerts.Delivery{Body: doc, Sender: from.sender, Credential: "http." + from.credential,
			Source: source(r), Room: room})
	}
	if err != nil {
		status, sentence := statusOf(err, s.Limit)
		s.refuse(w, status, sentence)
		return status >= http.StatusInternalServerError
	}
	status := http.StatusOK
	if t.Held > 0 {
		status = http.StatusAccepted
	}
	s.answer(w, status, t.Answer())
	return false
}

// roomName matches short ids of rooms.
var roomName = regexp.MustCompile(`^[a-z0-9_-]{1,64}$`)

// isRoom reports whether a name can be a room; "" is the lobby.
func isRoom(name string) bool { return name == "" || roomName.MatchString(name) }

// hook returns the handler for the path of a hook.
func (s *server) hook(h Hook) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.posted(w, r) {
			return
		}
		if err := h.Claim(r.Header); err != nil {
			s.fail(w, r, unproven(err), failProof, model.Sentence(err))
			return
		}
		c := claim{name: r.URL.Path, check: func(ctx context.Context, b io.ReadSeeker) (string, error) {
			return "", h.Verify(ctx, r.Header, b)
		}}
		serve := func(w http.ResponseWriter, r *http.Request, _ origin, b io.ReadSeeker) bool {
			r.Body = io.NopCloser(b)
			h.ServeHTTP(w, r)
			return false
		}
		s.receive(w, r, c, job{limit: h.MaxBody(), slots: s.calls, read: serve})
	}
}

// unproven returns the status for a request that is not authenticated: there is no such
// hook, the secret cannot be read, or the proof is wrong.
func unproven(err error) int {
	switch model.CodeOf(err) {
	case model.NotFound:
		return http.StatusNotFound
	case model.Unreachable:
		return http.StatusServiceUnavailable
	}
	return http.StatusUnauthorized
}

// posted reports whether a request is a POST, and answers any other.
func (s *server) posted(w http.ResponseWriter, r *http.Request) bool {
	if len(r.TransferEncoding) > 0 { // a proxy may have gone by a Content-Length, which net/http ignores then
		w.Header().Set("Connection", "close")
	}
	if r.Method == http.MethodPost {
		return true
	}
	w.Header().Set("Allow", http.MethodPost)
	s.fail(w, r, http.StatusMethodNotAllowed, failOther, model.Lit("only POST is accepted"))
	return false
}

// source returns the source of the alerts, as the sender names it.
func source(r *http.Request) string {
	if s := r.PathValue("source"); s != "" {
		return s
	}
	return r.URL.Query().Get("source")
}

func (s *server) slowDown(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "5")
	s.refuse(w, http.StatusTooManyRequests, model.Lit("too many alerts are coming in; send it again in a few seconds"))
}

func (s *server) refuse(w http.ResponseWriter, status int, why model.Safe) {
	s.answer(w, status, struct {
		Error model.Safe `json:"error"`
	}{why})
}

func (s *server) answer(w http.ResponseWriter, status int, v any) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the sender may be gone
}

// statusOf returns why alerts were not accepted.
func statusOf(err error, limit int64) (int, model.Safe) {
	if status, sentence, ok := sentenceOf(err, limit); ok {
		return status, sentence
	}
	if errors.Is(err, errForm) {
		return http.StatusUnprocessableEntity, model.Safef("%s", errForm)
	}
	sentence := model.Sentence(err)
	switch model.CodeOf(err) {
	case model.Invalid:
		return http.StatusUnprocessableEntity, sentence
	case model.NotFound:
		return http.StatusNotFound, sentence
	case model.Forbidden:
		return http.StatusForbidden, sentence
	case model.Conflict:
		return http.StatusConflict, sentence
	case model.Unreachable, model.Queued:
		return http.StatusServiceUnavailable, sentence
	}
	return http.StatusInternalServerError,
		model.Lit("the alerts could not be stored; warroom doctor on the hub's machine may show why")
}

// Serve serves a listener until ctx ends, with TLS if there is a certificate.
func Serve(ctx context.Context, l net.Listener, h *Handler, cert *tls.Certificate) error {
	defer h.s.seen.close()
	defer h.s.tally.flush()
	srv := &http.Server{Handler: h, ReadHeaderTimeout: headFor, ReadTimeout: bodyFor + headFor,
		WriteTimeout: bodyFor + waitFor + takeFor + headFor, IdleTimeout: idleFor, MaxHeaderBytes: 16 << 10,
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
		ConnContext: withConn, ErrorLog: log.New(h.s.tally, "", 0)}
	l = newListener(l, maxConns, maxAddrConn, h.s.tally.add)
	if cert != nil {
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{*cert}, MinVersion: tls.VersionTLS12,
			NextProtos: []string{"http/1.1"}})
	}
	stop := context.AfterFunc(ctx, func() {
		end, cancel := context.WithTimeout(context.Background(), endFor)
		defer cancel()
		if srv.Shutdown(end) != nil { // a request has not ended
			_ = srv.Close()
		}
	})
	defer stop()
	err := srv.Serve(l)
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

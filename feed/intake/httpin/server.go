package httpin

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"warroom/feed/intake"
	"warroom/model"
)

// The bounds that hold where the options say nothing.
const (
	DefaultLimit = 32 << 20 // bytes of a body as it is sent
	atOnce       = 16       // bodies that are read at the same time
	perSecond    = 300      // requests that are let in
	failsEvery   = 2 * time.Second
	failsBurst   = 10
	headFor      = 10 * time.Second
	bodyFor      = 2 * time.Minute
	idleFor      = time.Minute
	endFor       = 5 * time.Second
)

// Options say who may post alerts, and what becomes of them.
type Options struct {
	// Take reads alerts of a body and stores them in a room, or in the lobby for "".
	Take func(ctx context.Context, r io.Reader, source, room string) (intake.Taken, error)
	// Token is what senders show as "Authorization: Bearer TOKEN"; Sign is what they
	// sign with instead. Without either, nobody may post alerts.
	Token, Sign model.Secret
	Limit       int64 // bytes of a body; 0: DefaultLimit
	// Hooks are the paths of services that call back, as "/hooks/slack". Each
	// checks by itself who calls.
	Hooks map[string]http.Handler
	Now   func() time.Time
}

// door answers requests.
type door struct {
	Options
	slots chan struct{}
	pace  *rate.Limiter
	fails *rate.Limiter // of senders who show nothing that is right
	seen  replays
}

// New returns the handler of everything that comes by HTTP.
func New(o Options) http.Handler {
	if o.Limit <= 0 {
		o.Limit = DefaultLimit
	}
	d := &door{Options: o, slots: make(chan struct{}, atOnce), pace: rate.NewLimiter(perSecond, 2*perSecond), fails: rate.NewLimiter(rate.Every(failsEvery), failsBurst)}
	mux := http.NewServeMux()
	mux.HandleFunc("/ingest", d.ingest)
	mux.HandleFunc("/ingest/{source}", d.ingest)
	for _, path := range slices.Sorted(maps.Keys(o.Hooks)) {
		mux.Handle(path, d.bounded(o.Hooks[path]))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		d.refuse(w, http.StatusNotFound, model.Lit("there is nothing here; alerts are posted to /ingest"))
	})
	return mux
}

// bounded keeps a hook to the size and the pace of this door.
func (d *door) bounded(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !d.pace.AllowN(d.Now(), 1) {
			d.slowDown(w)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, d.Limit)
		h.ServeHTTP(w, r)
	})
}

// ingest takes one body of alerts.
func (d *door) ingest(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		d.refuse(w, http.StatusMethodNotAllowed, model.Lit("alerts are posted"))
		return
	}
	if !d.pace.AllowN(d.Now(), 1) {
		d.slowDown(w)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, d.Limit)
	body, err := d.proven(r)
	if err != nil {
		if !d.fails.AllowN(d.Now(), 1) {
			d.slowDown(w)
			return
		}
		w.Header().Set("WWW-Authenticate", `Bearer realm="warroom"`)
		d.refuse(w, http.StatusUnauthorized, model.Sentence(err))
		return
	}
	select {
	case d.slots <- struct{}{}:
		defer func() { <-d.slots }()
	default:
		d.slowDown(w)
		return
	}
	t, err := d.Take(r.Context(), body, source(r), strings.ToLower(r.URL.Query().Get("room")))
	if err != nil {
		status, say := statusOf(err, d.Limit)
		d.refuse(w, status, say)
		return
	}
	d.answer(w, t)
}

// source is where the alerts come from, as the sender names it.
func source(r *http.Request) string {
	if s := r.PathValue("source"); s != "" {
		return s
	}
	return r.URL.Query().Get("source")
}

func (d *door) answer(w http.ResponseWriter, t intake.Taken) {
	status := http.StatusOK
	if t.Held > 0 {
		status = http.StatusAccepted
	}
	d.say(w, status, t.Answer())
}

func (d *door) slowDown(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "5")
	d.refuse(w, http.StatusTooManyRequests, model.Lit("too much comes in at once; send it again in a few seconds"))
}

func (d *door) refuse(w http.ResponseWriter, status int, why model.Safe) {
	d.say(w, status, struct {
		Error model.Safe `json:"error"`
	}{why})
}

func (d *door) say(w http.ResponseWriter, status int, v any) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // who asked may be gone
}

// statusOf words why alerts were not taken.
func statusOf(err error, limit int64) (int, model.Safe) {
	var large *http.MaxBytesError
	if errors.As(err, &large) || strings.Contains(err.Error(), "request body too large") {
		return http.StatusRequestEntityTooLarge, model.Safef("more than %d MB at once; send it in parts, or use warroom ingest", limit>>20)
	}
	if errors.Is(err, errUnproven) || strings.Contains(err.Error(), errUnproven.Error()) {
		return http.StatusUnauthorized, model.Safef("%s; nothing was taken", errUnproven)
	}
	say := model.Sentence(err)
	switch model.CodeOf(err) {
	case model.Invalid:
		return http.StatusUnprocessableEntity, say
	case model.NotFound:
		return http.StatusNotFound, say
	case model.Forbidden:
		return http.StatusForbidden, say
	case model.Conflict:
		return http.StatusConflict, say
	case model.Unreachable, model.Kept:
		return http.StatusServiceUnavailable, say
	}
	return http.StatusInternalServerError, model.Lit("the alerts could not be stored; warroom doctor on the hub's machine may say why")
}

// Serve answers at a listener until ctx ends. With a certificate it speaks TLS.
func Serve(ctx context.Context, l net.Listener, h http.Handler, cert *tls.Certificate) error {
	s := &http.Server{Handler: h, ReadHeaderTimeout: headFor, ReadTimeout: bodyFor, WriteTimeout: bodyFor + headFor, IdleTimeout: idleFor, MaxHeaderBytes: 16 << 10,
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) }, ErrorLog: quiet}
	if cert != nil {
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{*cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}})
	}
	stop := context.AfterFunc(ctx, func() {
		end, cancel := context.WithTimeout(context.Background(), endFor)
		defer cancel()
		if s.Shutdown(end) != nil { // somebody goes on and on
			_ = s.Close()
		}
	})
	defer stop()
	err := s.Serve(l)
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Package metrics serves the state of a hub over HTTP: /metrics for Prometheus, /healthz
// and /readyz. No metric names a room or a person. It is the only package that imports
// client_golang.
package metrics

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"warroom/model/stats"
)

// Options configure a [Server]. Hub, Ready and Now are required.
type Options struct {
	// Hub takes a sample. It may take as long as its context.
	Hub func(context.Context) stats.Hub
	// SSH returns a sample of the SSH server; if nil, there is none.
	SSH func() stats.SSH
	// Ready returns why nobody can be served now, or "".
	Ready   func() string
	Now     func() time.Time
	Version string
	Fold    int           // version of the fold
	Every   time.Duration // interval between samples; if 0, 15 s
}

// Time and size limits of the server.
const (
	sampleEvery  = 15 * time.Second
	sampleFor    = time.Minute
	firstFor     = 10 * time.Second // how long a scrape waits for the first sample
	headFor      = 5 * time.Second
	answerFor    = 30 * time.Second
	idleFor      = 2 * time.Minute
	maxHead      = 8 << 10
	scrapes      = 4  // concurrent scrapes
	maxBridges   = 32 // bridges with their own label; the others are added up as "other"
	otherBridges = "other"
)

// Server serves the metrics of one hub.
type Server struct {
	o     Options
	mux   *http.ServeMux
	first chan struct{} // closed when there is a sample
	once  sync.Once

	mu     sync.Mutex
	sample stats.Hub
	at     time.Time
	took   time.Duration
}

// New returns a server. It takes no sample before Serve or Sample is called.
func New(o Options) *Server {
	if o.Every <= 0 {
		o.Every = sampleEvery
	}
	s := &Server{o: o, mux: http.NewServeMux(), first: make(chan struct{})}
	reg := prometheus.NewPedanticRegistry()
	reg.MustRegister(s, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	info := prometheus.NewGauge(prometheus.GaugeOpts{Name: "warroom_build_info",
		Help: "The program; always 1.", ConstLabels: prometheus.Labels{"version": o.Version, "go": runtime.Version(),
			"fold": strconv.Itoa(o.Fold)}})
	info.Set(1)
	reg.MustRegister(info)
	s.mux.Handle("GET /metrics", s.wait(promhttp.HandlerFor(reg, promhttp.HandlerOpts{MaxRequestsInFlight: scrapes})))
	s.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	s.mux.HandleFunc("GET /readyz", s.ready)
	return s
}

// ready serves /readyz.
func (s *Server) ready(w http.ResponseWriter, _ *http.Request) {
	if why := s.o.Ready(); why != "" {
		http.Error(w, "not ready: "+why, http.StatusServiceUnavailable)
		return
	}
	_, _ = io.WriteString(w, "ready\n") // the client may be gone
}

// wait delays a scrape until there is a sample.
func (s *Server) wait(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		late := time.NewTimer(firstFor)
		defer late.Stop()
		select {
		case <-s.first:
			next.ServeHTTP(w, r)
		case <-late.C:
			http.Error(w, "the first sample has not been taken yet", http.StatusServiceUnavailable)
		case <-r.Context().Done():
		}
	})
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Serve takes samples and serves requests until ctx ends. It closes the listener.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	wg.Go(func() { s.run(ctx) })
	h := &http.Server{Handler: s, ReadHeaderTimeout: headFor, ReadTimeout: headFor, WriteTimeout: answerFor,
		IdleTimeout: idleFor, MaxHeaderBytes: maxHead, ErrorLog: log.New(io.Discard, "", 0)}
	stop := context.AfterFunc(ctx, func() { _ = h.Close() })
	defer stop()
	if err := h.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// run takes samples at intervals.
func (s *Server) run(ctx context.Context) {
	t := time.NewTicker(s.o.Every)
	defer t.Stop()
	for {
		s.Sample(ctx)
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Sample takes a sample.
func (s *Server) Sample(ctx context.Context) {
	begun := s.o.Now()
	ctx, cancel := context.WithTimeout(ctx, sampleFor)
	defer cancel()
	got := s.o.Hub(ctx)
	now := s.o.Now()
	s.mu.Lock()
	s.sample, s.at, s.took = got, now, now.Sub(begun)
	s.mu.Unlock()
	s.once.Do(func() { close(s.first) })
}

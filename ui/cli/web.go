package cli

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"path/filepath"

	"warroom/model"
	"warroom/model/backend"
)

// checkWeb validates the settings of HTTP before anything is opened.
func (a server) checkWeb() error {
	h := &a.cfg.HTTP
	switch {
	case h.Addr == "":
		return nil
	case !isAddress(h.Addr):
		return usage(model.Safef("--http: %s is not an address; write it as 127.0.0.1:8080", h.Addr))
	case (h.Cert == "") != (h.Key == ""):
		return usage(model.Lit("http.cert and http.key go together"))
	case h.Cert == "" && !onlyHere(h.Addr):
		return usage(model.Safef("--http %s would be open to others without TLS: set http.cert and http.key in "+
			"the configuration, or give a local address such as 127.0.0.1:8080", h.Addr))
	case h.Limit < 0 || h.Limit > 1024:
		return usage(model.Lit("http.limit has to be a number of MB from 1 to 1024"))
	case h.Once < 0 || h.Once > 64:
		return usage(model.Lit("http.at_once has to be a number from 1 to 64"))
	}
	return nil
}

// onlyHere reports whether an address can be reached only from this machine.
func onlyHere(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// web reads the secrets and starts to listen. It returns nil if HTTP is off.
func (a server) web(ctx context.Context) (*backend.Web, error) {
	c := a.cfg.HTTP
	if c.Addr == "" {
		return nil, nil
	}
	w := &backend.Web{Limit: int64(c.Limit) << 20, AtOnce: c.Once, Logf: a.logAt(slog.LevelWarn, "http"),
		Spool: filepath.Join(a.cfg.Data, "spool")}
	var err error
	if w.Token, err = c.Token.Get(ctx, "http.token", a.Getenv); err != nil {
		return nil, err
	}
	if w.Sign, err = c.Sign.Get(ctx, "http.sign", a.Getenv); err != nil {
		return nil, err
	}
	if w.GitHub, err = c.GitHub.Get(ctx, "http.github", a.Getenv); err != nil {
		return nil, err
	}
	for what, s := range map[string]model.Secret{"http.token": w.Token, "http.sign": w.Sign, "http.github": w.GitHub} {
		if !s.IsEmpty() && len(s.Reveal()) < 16 {
			return nil, model.Refuse(model.Invalid,
				"the secret of %s is shorter than 16 bytes and can be guessed; make one with: openssl rand -hex 32",
				what)
		}
	}
	if c.Cert != "" {
		pair, err := tls.LoadX509KeyPair(c.Cert, c.Key)
		if err != nil {
			return nil, model.Refuse(model.Invalid, "http.cert and http.key cannot be used: %s", err)
		}
		w.Cert = &pair
	}
	if w.Listener, err = net.Listen("tcp", c.Addr); err != nil {
		return nil, cannotListen(c.Addr, err)
	}
	return w, nil
}

// serveWeb serves HTTP in the background until ctx ends or stop is called.
func (a server) serveWeb(ctx context.Context, h backend.Hub) (stop func(), err error) {
	w, err := a.web(ctx)
	if w == nil || err != nil {
		return func() {}, err
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := h.Web(ctx, *w); err != nil {
			a.printErr(model.Safef("HTTP at %s stopped: %s", w.Listener.Addr().String(), err))
		}
	}()
	scheme := "http"
	if w.Cert != nil {
		scheme = "https"
	}
	a.printErr(model.Safef("accepting alerts at %s://%s/ingest", scheme, w.Listener.Addr().String()))
	if w.Token.IsEmpty() && w.Sign.IsEmpty() && w.GitHub.IsEmpty() {
		a.printErr(
			model.Lit("nobody can post alerts there yet: the configuration has none of http.token, http.sign and " +
				"http.github"))
	}
	return func() { cancel(); <-done }, nil
}

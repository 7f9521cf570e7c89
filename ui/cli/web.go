package cli

import (
	"context"
	"crypto/tls"
	"net"
	"path/filepath"

	"warroom/model"
)

// HTTP is how serve answers over HTTP. It is off where there is no address.
type HTTP struct {
	Addr   string     `toml:"addr"`    // as 127.0.0.1:8080; beyond this machine only with a certificate
	Cert   string     `toml:"cert"`    // PEM file
	Key    string     `toml:"key"`     // PEM file of its private key
	Limit  int        `toml:"limit"`   // MB of one body
	Once   int        `toml:"at_once"` // bodies and messages of alerts that are read at the same time
	Token  SecretFrom `toml:"token"`   // what senders show
	Sign   SecretFrom `toml:"sign"`    // what senders sign with
	GitHub SecretFrom `toml:"github"`  // the secret of GitHub's webhooks
}

// Web is how a hub answers over HTTP.
type Web struct {
	Listener            net.Listener
	Cert                *tls.Certificate // nil: without TLS
	Token, Sign, GitHub model.Secret
	Limit               int64            // bytes of one body
	AtOnce              int              // bodies that are read at the same time
	Spool               string           // directory in which bodies wait until they were read
	Logf                func(model.Safe) // failures of senders
}

// Webbed is a hub that answers over HTTP until ctx ends.
type Webbed interface {
	Web(ctx context.Context, w Web) error
}

// checkWeb refuses what does not go together, before anything is opened.
func (a *app) checkWeb() error {
	h := &a.cfg.HTTP
	switch {
	case h.Addr == "":
		return nil
	case !isAddress(h.Addr):
		return usage(model.Safef("--http: %s is no address; write it as 127.0.0.1:8080", h.Addr))
	case (h.Cert == "") != (h.Key == ""):
		return usage(model.Lit("http.cert and http.key go together"))
	case h.Cert == "" && !onlyHere(h.Addr):
		return usage(model.Safef("--http %s would be open to others without TLS: give http.cert and http.key in the configuration, or an address of this machine alone, as 127.0.0.1:8080", h.Addr))
	case h.Limit < 0 || h.Limit > 1024:
		return usage(model.Lit("http.limit is a number of MB from 1 to 1024"))
	case h.Once < 0 || h.Once > 64:
		return usage(model.Lit("http.at_once is a number from 1 to 64"))
	}
	return nil
}

// onlyHere says whether an address can be reached from this machine alone.
func onlyHere(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// web reads the secrets and begins to listen; nil where HTTP is off.
func (a *app) web(ctx context.Context) (*Web, error) {
	c := a.cfg.HTTP
	if c.Addr == "" {
		return nil, nil
	}
	w := &Web{Limit: int64(c.Limit) << 20, AtOnce: c.Once, Spool: filepath.Join(a.cfg.Data, "spool"), Logf: a.tell}
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
			return nil, model.Refuse(model.Invalid, "the secret of %s is shorter than 16 bytes and can be guessed; make one with: openssl rand -hex 32", what)
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

// serveWeb answers over HTTP behind what else serve does, until ctx ends or stop
// is called.
func (a *app) serveWeb(ctx context.Context, h Hub) (stop func(), err error) {
	w, err := a.web(ctx)
	if w == nil || err != nil {
		return func() {}, err
	}
	s, ok := h.(Webbed)
	if !ok {
		return func() {}, model.Refuse(model.Internal, "this hub does not answer over HTTP")
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := s.Web(ctx, *w); err != nil {
			a.tell(model.Safef("HTTP at %s has ended: %s", w.Listener.Addr().String(), err))
		}
	}()
	scheme := "http"
	if w.Cert != nil {
		scheme = "https"
	}
	a.tell(model.Safef("taking alerts at %s://%s/ingest", scheme, w.Listener.Addr().String()))
	if w.Token.IsEmpty() && w.Sign.IsEmpty() && w.GitHub.IsEmpty() {
		a.tell(model.Lit("nobody can post alerts there yet: the configuration names none of http.token, http.sign and http.github"))
	}
	return func() { cancel(); <-done }, nil
}

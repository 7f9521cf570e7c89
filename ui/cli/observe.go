package cli

import (
	"context"
	"log/slog"
	"net"
	"os"
	"sync"
	"sync/atomic"

	"github.com/spf13/pflag"

	"warroom/model"
	"warroom/model/backend"
	"warroom/model/config"
	"warroom/model/stats"
	"warroom/ui/logs"
	"warroom/ui/metrics"
	"warroom/ui/sshd"
	"warroom/ui/systemd"
)

// observer exposes the state of a serving process: in its log, as metrics, and to the
// service manager.
type observer struct {
	metrics config.Metrics // from the flags
	log     config.Log     // from the flags
	guests  atomic.Pointer[sshd.Server]
	manager *systemd.Notifier
}

// addFlags adds the flags of serve.
func (o *observer) addFlags(f *pflag.FlagSet) {
	f.StringVar(&o.metrics.Addr, "metrics", "",
		"serve metrics for Prometheus, /healthz and /readyz at `ADDR`, such as 127.0.0.1:9321")
	f.BoolVar(&o.metrics.Public, "metrics-public", false, "open --metrics to other machines, without a login")
	f.StringVar(&o.log.Format, "log-format", "", "write the log as `FORMAT`: plain, text or json")
	f.StringVar(&o.log.Level, "log-level", "", "log only messages of this `LEVEL` and above: debug, info, warn or "+
		"error")
}

// check applies the flags to the configuration and validates it.
func (o *observer) check(a *app) error {
	m, l := &a.cfg.Metrics, &a.cfg.Log
	if o.metrics.Addr != "" {
		m.Addr = o.metrics.Addr
	}
	m.Public = m.Public || o.metrics.Public
	if o.log.Format != "" {
		l.Format = o.log.Format
	}
	if o.log.Level != "" {
		l.Level = o.log.Level
	}
	log, err := logs.New(a.Stderr, l.Format, l.Level)
	if err != nil {
		return usage(model.Sentence(err))
	}
	a.log = log
	switch {
	case m.Addr == "":
	case !isAddress(m.Addr):
		return usage(model.Safef("--metrics: %s is not an address; write it as 127.0.0.1:9321", m.Addr))
	case !m.Public && !onlyHere(m.Addr):
		return usage(model.Safef("--metrics %s would be open to other machines without a login: give a local "+
			"address such as 127.0.0.1:9321, or add --metrics-public", m.Addr))
	}
	return nil
}

// start serves the metrics of a hub, and sends watchdog notifications, until ctx ends or
// stop is called.
func (o *observer) start(ctx context.Context, a *app, h backend.Hub) (stop func(), err error) {
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(ctx)
	stop = func() { cancel(); wg.Wait() }
	if addr := a.cfg.Metrics.Addr; addr != "" {
		l, err := net.Listen("tcp", addr)
		if err != nil {
			cancel()
			return nil, cannotListen(addr, err)
		}
		s := metrics.New(metrics.Options{Hub: h.Stats, SSH: o.ssh, Ready: func() string { return notReady(h) },
			Now: a.Clock.Now, Version: Version, Fold: model.FoldVersion})
		wg.Go(func() {
			if err := s.Serve(ctx, l); err != nil {
				a.logAt(slog.LevelError, "metrics")(model.Safef("serving metrics at %s stopped: "+
					"%s", l.Addr().String(), err))
			}
		})
		a.printErr(model.Safef("serving metrics at http://%s/metrics", l.Addr().String()))
	}
	n := systemd.New(a.Getenv, os.Getpid())
	o.manager = n
	if a.Unsetenv != nil { // programs that this one starts are not the service
		for _, name := range []string{"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"} {
			a.Unsetenv(name)
		}
	}
	// Left takes locks that all rooms share, so a deadlock stops the notifications.
	wg.Go(func() { n.Watch(ctx, func() { _ = h.Left() }) })
	context.AfterFunc(ctx, n.Stopping)
	return stop, nil
}

// ssh returns a sample of the SSH server, if there is one.
func (o *observer) ssh() stats.SSH {
	if s := o.guests.Load(); s != nil {
		return s.Stats()
	}
	return stats.SSH{}
}

// notReady returns why a hub serves nobody now, or "". The text names no room, because
// anybody who reaches the port can read it.
func notReady(h backend.Hub) string {
	if h.Link().State != model.Live {
		return "the hub cannot be reached"
	}
	return ""
}

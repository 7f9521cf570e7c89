package cli

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/backend"
	"warroom/ui/sshd"
)

// sshFlags are the flags for guests over SSH, and for the port of the hub.
type sshFlags struct {
	addr, keys, ca, revoked string
	idle                    time.Duration
	nats                    string
}

// serveCmd hosts the hub without a screen.
func serveCmd(a *app) *cobra.Command {
	var o sshFlags
	var web string
	s := server{app: a, observer: new(observer)}
	c := &cobra.Command{
		Use:   "serve",
		Short: "Host the hub without a screen, and open it to others over SSH or TLS",
		Long: "Host the embedded hub of the data directory without a screen. Terminals of this user on\n" +
			"this machine join it automatically. With --ssh, whoever has a key in the file given with\n" +
			"--authorized-keys joins with ssh -p PORT HANDLE@HOST. With --nats, terminals on other\n" +
			"machines join over TLS with what warroom invite prints. With --http, detectors post\n" +
			"alerts, with a token or a signature. With --server, no hub is embedded: this process\n" +
			"lets in whoever has a login of that server, and needs a login itself; see docs/cluster.md.",
		Args: exactly(0, "serve"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if web != "" {
				a.cfg.HTTP.Addr = web
			}
			if err := s.check(&o); err != nil {
				return err
			}
			if err := s.checkWeb(); err != nil {
				return err
			}
			if err := s.observer.check(a); err != nil {
				return err
			}
			return a.withHub(cmd.Context(), "hub", func(ctx context.Context, h backend.Hub) error {
				s.reportListening(h, o)
				stop, err := s.serveWeb(ctx, h)
				if err != nil {
					return err
				}
				defer stop()
				unobserve, err := s.observer.start(ctx, a, h)
				if err != nil {
					return err
				}
				defer unobserve()
				if o.addr != "" {
					return s.serveSSH(ctx, h, o)
				}
				s.reportHosting(h)
				s.observer.manager.Ready()
				<-ctx.Done()
				a.printErr(model.Lit("the hub is closed"))
				return nil
			})
		},
	}
	f := c.Flags()
	f.StringVar(&o.nats, "nats", "", "accept terminals of other machines over TLS at `ADDR`, such as "+
		"0.0.0.0:4222; see warroom invite")
	f.StringVar(&web, "http", "", "accept alerts over HTTP at `ADDR`, such as 127.0.0.1:8080; see [http] in "+
		"config.example.toml")
	f.StringVar(&o.addr, "ssh", "", "accept guests over SSH at `ADDR`, such as 127.0.0.1:2222")
	f.StringVar(&o.keys, "authorized-keys", "", "`FILE` of the accepted keys, see docs/ssh.md")
	f.StringVar(&o.ca, "ssh-ca", "", "`FILE` of the authorities whose certificates are accepted")
	f.StringVar(&o.revoked, "revoked", "", "`FILE` of revoked keys and certificates, as text")
	s.observer.addFlags(f)
	f.DurationVar(&o.idle, "ssh-idle", 0, "end a guest's session after `TIME` without a key press, such as 2h; 0 "+
		"is never")
	return c
}

// server accepts connections of others.
type server struct {
	*app
	observer *observer
}

// check validates the combination of flags.
func (a server) check(o *sshFlags) error {
	if o.nats == "" && a.cfg.Server == "" {
		o.nats = a.cfg.NATS
	}
	a.listen = o.nats
	if o.nats != "" && !isAddress(o.nats) {
		return usage(model.Safef("--nats: %s is not an address; write it as 127.0.0.1:4222 or :4222", o.nats))
	}
	switch {
	case o.nats != "" && a.cfg.Server != "":
		return usage(
			model.Safef("--nats opens the embedded hub, but the server %s is configured; leave one of them out",
				a.cfg.Server))
	case o.addr == "" && (o.keys != "" || o.ca != "" || o.revoked != "" || o.idle != 0):
		return usage(model.Lit("--authorized-keys, --ssh-ca, --revoked and --ssh-idle need --ssh, as in --ssh " +
			"127.0.0.1:2222"))
	case o.addr != "" && o.keys == "":
		return usage(model.Lit("--ssh needs --authorized-keys FILE, or nobody can log in; docs/ssh.md shows the " +
			"lines of the file"))
	case o.idle < 0:
		return usage(model.Lit("--ssh-idle takes a length of time, such as 2h"))
	}
	if o.addr == "" {
		return nil
	}
	if !isAddress(o.addr) {
		return usage(model.Safef("--ssh: %s is not an address; write it as 127.0.0.1:2222 or :2222", o.addr))
	}
	return nil
}

// isAddress reports whether s is an address with a valid port.
func isAddress(s string) bool {
	_, port, err := net.SplitHostPort(s)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	return err == nil
}

// cannotListen returns the error for an address that cannot be listened on.
func cannotListen(addr string, err error) error {
	more := "give another address"
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		more = "another server uses it: end that one, or give another port"
	case errors.Is(err, os.ErrPermission):
		more = "give a port above 1023, or see docs/ssh.md for port 22"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		more = "this machine does not have that address: give one of its own, or only the port, such as :2222"
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Err != nil { // without the address, which is named already
		err = op.Err
	}
	var call *os.SyscallError
	if errors.As(err, &call) {
		err = call.Err
	}
	return model.Refuse(model.Internal, "cannot listen on %s: %s; %s", addr, err, more)
}

// reportListening prints the address for others.
func (a server) reportListening(h backend.Hub, o sshFlags) {
	switch {
	case o.nats == "":
	case h.Address() == "":
		a.printErr(model.Safef("another process hosts the hub: %s will be opened when this one takes over", o.nats))
	default:
		a.printErr(model.Safef("accepting invited terminals at tls://%s; warroom invite HANDLE --right write "+
			"prints an invitation", h.Address()))
	}
}

// reportHosting prints which process hosts the hub.
func (a server) reportHosting(h backend.Hub) {
	l := h.Link()
	switch {
	case l.Hosting:
		a.printErr(model.Safef("hosting the hub of %s; Ctrl-C ends it", a.cfg.Data))
	case a.cfg.Server != "" || a.cfg.Creds != "":
		a.printErr(model.Safef("joined %s; Ctrl-C ends it", l.Where))
	default:
		a.printErr(model.Safef("another process hosts the hub of %s; this one takes over when it leaves", a.cfg.Data))
	}
}

// serveSSH serves guests until ctx ends.
func (a server) serveSSH(ctx context.Context, h backend.Hub, o sshFlags) error {
	if os.Getenv("GOGC") == "" { // the operator has not set it
		defer debug.SetGCPercent(debug.SetGCPercent(sshd.GCPercent))
	}
	s, err := sshd.New(sshd.Options{
		Keys: o.keys, CA: o.ca, Revoked: o.revoked, Dir: sshDir(a.app), Clock: a.Clock,
		Log:     a.logAt(slog.LevelWarn, "ssh"),
		Handler: guestHandler{a.app},
		Guest: func(ctx context.Context, w sshd.Who) (sshd.Hub, error) {
			return h.Guest(ctx,
				backend.Guest{Handle: w.Handle, Via: "ssh", Dir: w.Dir(), Right: w.Right, Origin: w.Origin(),
					Name: w.Name, Job: w.Job})
		},
		AccessRevoked: func(w sshd.Who) bool { return h.IsRevoked(w.Handle, w.Key) },
		Limits:        sshd.Limits{Idle: o.idle},
	})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", o.addr)
	if err != nil {
		return cannotListen(o.addr, err)
	}
	saveAddress(a.app, l.Addr().String())
	h.Guard(s)
	a.observer.guests.Store(s)
	a.reportHosting(h)
	for _, s := range s.Welcome(l.Addr().String()) {
		a.printErr(s)
	}
	a.printErr(model.Safef("accepting guests over SSH at %s", l.Addr().String()))
	a.observer.manager.Ready()
	err = s.Serve(ctx, l)
	a.printErr(model.Lit("the hub is closed"))
	return err
}

package cli

import (
	"context"
	"errors"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/ui/sshd"
)

// sshFlags say whether and how guests are let in over SSH.
type sshFlags struct {
	addr, keys, ca, revoked string
	idle                    time.Duration
	nats                    string
}

// serveCmd hosts the hub without a screen.
func (a *app) serveCmd() *cobra.Command {
	var o sshFlags
	var web string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Host the hub without a screen, until it is ended; open it to others, over SSH or TLS",
		Long: "Host the embedded hub of the data directory without a screen. Terminals of\n" +
			"this user on this machine join it by themselves. With --ssh, whoever has a key\n" +
			"in the file of --authorized-keys comes in with ssh -p PORT HANDLE@HOST. With --nats,\n" +
			"terminals elsewhere come in by TLS with what warroom invite prints. With --http,\n" +
			"detectors post alerts, with a token or a signature. With --server,\n" +
			"no hub is embedded: this process lets in who has a login of that server, and\n" +
			"needs one of its own, see docs/cluster.md.",
		Args: exactly(0, "serve"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if web != "" {
				a.cfg.HTTP.Addr = web
			}
			if err := a.checkServe(&o); err != nil {
				return err
			}
			if err := a.checkWeb(); err != nil {
				return err
			}
			return a.withHub(cmd.Context(), "hub", func(ctx context.Context, h Hub) error {
				a.tellListening(h, o)
				stop, err := a.serveWeb(ctx, h)
				if err != nil {
					return err
				}
				defer stop()
				if o.addr != "" {
					return a.serveSSH(ctx, h, o)
				}
				a.tellHosting(h)
				<-ctx.Done()
				a.tell(model.Lit("the hub is closed"))
				return nil
			})
		},
	}
	f := c.Flags()
	f.StringVar(&o.nats, "nats", "", "let terminals elsewhere in by TLS at `ADDR`, as 0.0.0.0:4222; see warroom invite")
	f.StringVar(&web, "http", "", "take alerts by HTTP at `ADDR`, as 127.0.0.1:8080; see [http] of config.example.toml")
	f.StringVar(&o.addr, "ssh", "", "let guests in over SSH at `ADDR`, as 127.0.0.1:2222")
	f.StringVar(&o.keys, "authorized-keys", "", "`FILE` of the keys that are let in, see docs/ssh.md")
	f.StringVar(&o.ca, "ssh-ca", "", "`FILE` of the authorities whose certificates are let in")
	f.StringVar(&o.revoked, "revoked", "", "`FILE` of keys and certificates that are revoked, as text")
	f.DurationVar(&o.idle, "ssh-idle", 0, "end a guest's screen when no key was pressed for `TIME`, as 2h; 0: never")
	return c
}

// checkServe refuses flags that do not go together.
func (a *app) checkServe(o *sshFlags) error {
	if o.nats == "" && a.cfg.Server == "" {
		o.nats = a.cfg.NATS
	}
	a.listen = o.nats
	if o.nats != "" && !isAddress(o.nats) {
		return usage(model.Safef("--nats: %s is no address; write it as 127.0.0.1:4222 or :4222", o.nats))
	}
	switch {
	case o.nats != "" && a.cfg.Server != "":
		return usage(model.Safef("--nats opens the embedded hub, but the server %s is configured; leave one of them out", a.cfg.Server))
	case o.addr == "" && (o.keys != "" || o.ca != "" || o.revoked != "" || o.idle != 0):
		return usage(model.Lit("--authorized-keys, --ssh-ca, --revoked and --ssh-idle go with --ssh, as in --ssh 127.0.0.1:2222"))
	case o.addr != "" && o.keys == "":
		return usage(model.Lit("--ssh lets nobody in without --authorized-keys FILE; docs/ssh.md shows its lines"))
	case o.idle < 0:
		return usage(model.Lit("--ssh-idle is a time, as 2h"))
	}
	if o.addr == "" {
		return nil
	}
	if !isAddress(o.addr) {
		return usage(model.Safef("--ssh: %s is no address; write it as 127.0.0.1:2222 or :2222", o.addr))
	}
	return nil
}

// isAddress says whether an address has a port, and one that there is.
func isAddress(s string) bool {
	_, port, err := net.SplitHostPort(s)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	return err == nil
}

// cannotListen says why nobody can come in at an address.
func cannotListen(addr string, err error) error {
	more := "give another address"
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		more = "another server is there: end it, or give another port"
	case errors.Is(err, os.ErrPermission):
		more = "give a port above 1023, or see docs/ssh.md for port 22"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		more = "this machine does not have that address: give one of its own, or only the port, as :2222"
	}
	return model.Refuse(model.Internal, "%s cannot be listened on: %s; %s", addr, err, more)
}

// tellListening says where others come in.
func (a *app) tellListening(h Hub, o sshFlags) {
	l, ok := h.(interface{ Address() string })
	switch {
	case o.nats == "" || !ok:
	case l.Address() == "":
		a.tell(model.Safef("another process hosts the hub: %s is opened when this one takes over", o.nats))
	default:
		a.tell(model.Safef("letting in who was invited at tls://%s; warroom invite HANDLE --right write prints an invitation", l.Address()))
	}
}

// tellHosting says whose hub it is.
func (a *app) tellHosting(h Hub) {
	l := h.Link()
	switch {
	case l.Hosting:
		a.tell(model.Safef("hosting the hub of %s; end it with Ctrl-C", a.cfg.Data))
	case a.cfg.Server != "" || a.cfg.Creds != "":
		a.tell(model.Safef("joined %s; end it with Ctrl-C", l.Where))
	default:
		a.tell(model.Safef("another process hosts the hub of %s; this one takes over when it leaves", a.cfg.Data))
	}
}

// serveSSH lets guests in until ctx ends.
func (a *app) serveSSH(ctx context.Context, h Hub, o sshFlags) error {
	d, ok := h.(Doorkeeper)
	if !ok {
		return model.Refuse(model.Internal, "this hub lets no guests in")
	}
	s, err := sshd.New(sshd.Options{
		Keys: o.keys, CA: o.ca, Revoked: o.revoked, Dir: a.sshDir(), Clock: a.Clock, Log: a.tell, Face: face{a},
		Guest: func(ctx context.Context, w sshd.Who) (sshd.Hub, error) {
			return d.Guest(ctx, Guest{Handle: w.Handle, Dir: w.Dir(), Right: w.Right, Door: w.Door(), Name: w.Name, Job: w.Job})
		},
		Struck: func(w sshd.Who) bool { return d.Struck(w.Handle, w.Key) },
		Limits: sshd.Limits{Idle: o.idle},
	})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", o.addr)
	if err != nil {
		return cannotListen(o.addr, err)
	}
	a.keepAddress(l.Addr().String())
	d.Guard(s)
	a.tellHosting(h)
	for _, s := range s.Welcome(l.Addr().String()) {
		a.tell(s)
	}
	a.tell(model.Safef("letting guests in over SSH at %s", l.Addr().String()))
	err = s.Serve(ctx, l)
	a.tell(model.Lit("the hub is closed"))
	return err
}

// Command warroom is the incident room that works when everything else is
// suspect. This file only wires the packages together: feed brings the log, ui
// the faces, model says what an incident is.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/signal"
	"os/user"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"golang.org/x/term"

	"warroom/feed"
	"warroom/feed/bridge"
	"warroom/feed/intake"
	"warroom/feed/intake/httpin"
	"warroom/feed/notify"
	"warroom/feed/pagerduty"
	"warroom/model"
	"warroom/ui/cli"
)

func main() { os.Exit(run()) }

// run wires one process and returns its exit code.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	in := term.IsTerminal(int(os.Stdin.Fd()))
	return cli.Run(ctx, cli.Env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, Unsetenv: func(name string) { _ = os.Unsetenv(name) }, // its name was good enough to be read
		Clock: clock{}, Open: open(os.Stderr), Invite: invite, Intake: alerts, CopyAlerts: copyAlerts, Post: post, IsTool: feed.IsTool, CheckBridges: checkBridges, Contacts: contacts, Terminal: in && term.IsTerminal(int(os.Stdout.Fd())), StdinTerminal: in, User: userName(),
	})
}

// readings bounds how many inputs of alerts this process reads at the same time.
var readings = intake.NewGate()

// clock is the one place where the program asks for the time.
type clock struct{}

func (clock) Now() time.Time { return time.Now() }

// open brings the hub of a place. What the hub has to say and no caller can be
// told goes where the place says; what it says of itself while it serves, to stderr.
func open(stderr io.Writer) func(context.Context, cli.Place) (cli.Hub, error) {
	return func(ctx context.Context, p cli.Place) (cli.Hub, error) {
		logf := p.Logf
		if p.Via == "hub" {
			logf = func(s model.Safe) { _, _ = io.WriteString(stderr, "warroom: "+s.String()+"\n") }
		}
		readings.Set(p.Readings)
		f, err := feed.Open(ctx, feed.Options{Listen: p.Listen, Steward: p.Via == "hub" && p.Server != "", Named: p.Named, Data: p.Data, Server: p.Server, Creds: p.Creds, CA: p.CA, Handle: p.Handle,
			Via: p.Via, Forget: p.Forget, AtRest: p.AtRest, Evidence: p.Evidence, Plan: p.Plan, Now: clock{}.Now, Logf: logf})
		if err != nil {
			return nil, err
		}
		return hub{f, serve(f, p, logf), newDoor(f, p, logf)}, nil
	}
}

// invite gives somebody a login of the hub of a data directory.
func invite(ctx context.Context, data string, v cli.Invitation) (string, error) {
	return feed.Invite{Handle: v.Handle, Right: v.Right, Rooms: v.Rooms, Name: v.Name, Job: v.Job, Until: v.Until, At: v.At}.Write(ctx, data, clock{}.Now)
}

// alerts returns what reads alerts for the installation of a data directory, a few
// at the same time.
func alerts(data string, keep bool) (model.AlertSource, error) {
	read, err := reader(data, keep)
	if err != nil {
		return nil, err
	}
	return readings.Source(read), nil
}

// reader returns what reads alerts, as many at the same time as it is called.
func reader(data string, keep bool) (model.AlertSource, error) {
	if keep {
		if err := feed.OwnData(data); err != nil {
			return nil, err
		}
	}
	key, err := intake.Key(filepath.Join(data, "intake.key"), keep)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, r io.Reader, source string, emit func(*model.Alert) error) (model.Intake, error) {
		return intake.Read(ctx, r, intake.Options{Key: key, Source: source}, emit)
	}, nil
}

// copyAlerts returns what makes the copies of files of alerts, with the same marks.
func copyAlerts(data string) (model.AlertCopier, error) {
	key, err := intake.Key(filepath.Join(data, "intake.key"), true)
	if err != nil {
		return nil, err
	}
	return readings.Copier(func(ctx context.Context, in io.ReadSeeker, out io.Writer) (string, error) {
		return intake.Copy(ctx, in, intake.Options{Key: key}, out)
	}), nil
}

// hub is a feed that lets guests in, and what its bridges do.
type hub struct {
	*feed.Feed
	*bridge.Runner
	door *intake.Door
}

var (
	_ cli.Doorkeeper = hub{}
	_ cli.Striker    = hub{}
	_ cli.Webbed     = hub{}
)

// Guest returns the rooms as somebody who came by SSH has them.
func (h hub) Guest(ctx context.Context, g cli.Guest) (cli.GuestHub, error) {
	f, err := h.Feed.Guest(ctx, feed.Guest{Handle: g.Handle, Via: "ssh", Dir: g.Dir, Right: g.Right, Door: g.Door, Name: g.Name, Job: g.Job})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Guard has somebody told who may come in.
func (h hub) Guard(g cli.Guard) { h.Feed.Guard(g) }

// userName is the system's name for the user, "" where it has none.
func userName() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username
}

// newDoor makes the door for alerts that no person brings, over NATS and HTTP.
// They are written with the hub's own key.
func newDoor(f *feed.Feed, p cli.Place, logf func(model.Safe)) *intake.Door {
	read := sync.OnceValues(func() (model.AlertSource, error) { return reader(p.Data, true) })
	d := intake.NewDoor(intake.DoorOptions{Now: clock{}.Now, Logf: logf, Gate: readings, Journal: intake.NewJournal(filepath.Join(p.Data, "held"), f.Sealer()),
		Read: intake.Later(read),
		Enter: func(ctx context.Context, room string) (model.Seat, error) {
			own := f.Own()
			if room != "" && room != model.LobbyShort {
				return own.EnterOpen(ctx, room)
			}
			plan, err := p.Plan()
			if err == nil {
				err = own.OpenLobby(ctx, plan)
			}
			if err != nil {
				return nil, err
			}
			return own.Enter(ctx, model.LobbyShort)
		}})
	f.TakeAlerts(func(ctx context.Context, _, source string, data []byte) (any, error) {
		t, err := d.Take(ctx, bytes.NewReader(data), source, "")
		return t.Answer(), err
	})
	if p.Via == "hub" || p.Via == "tui" { // a command would end before they are stored
		d.Restore()
	}
	return d
}

// Web answers what comes by HTTP: alerts, and what services outside call back.
func (h hub) Web(ctx context.Context, w cli.Web) error {
	hooks := map[string]httpin.Hook{}
	if h.Runner != nil {
		for name, hook := range h.Hooks() {
			hooks["/hooks/"+name] = hook
		}
	}
	return httpin.Serve(ctx, w.Listener, httpin.New(httpin.Options{Take: h.door.Take, Token: w.Token, Sign: w.Sign, GitHub: w.GitHub, Limit: w.Limit, AtOnce: w.AtOnce,
		Dir: w.Spool, Hooks: hooks, Now: clock{}.Now, Logf: w.Logf}), w.Cert)
}

// post sends alerts with the invitation of a tool.
func post(ctx context.Context, creds, source string, data []byte) (json.RawMessage, error) {
	return feed.Post(ctx, creds, source, data)
}

// lastDuties is how long a process that leaves waits for what is due: what was
// declared a moment ago should be on its way, and a service that is down should
// keep nobody.
const lastDuties = 5 * time.Second

// bridgeDir is where bridges keep what they know.
func bridgeDir(data string) string { return filepath.Join(data, "bridges") }

// bridges makes the bridges that are configured.
func bridges(data string, c cli.Bridges, box model.Sealer) []bridge.Bridge {
	var out []bridge.Bridge
	if c.PagerDuty.Used() {
		out = append(out, pagerDuty(data, c, box))
	}
	return append(out, notifiers(c)...)
}

// source is a secret of the configuration, nil where there is none.
func source(c cli.Bridges, key string, from cli.SecretFrom) *bridge.Source {
	if from.IsEmpty() {
		return nil
	}
	return bridge.NewSource(c.Secret(key, from))
}

func pagerDuty(data string, c cli.Bridges, box model.Sealer) *pagerduty.Bridge {
	p := c.PagerDuty
	o := pagerduty.Config{Token: source(c, "pagerduty.token", p.Token), Hook: source(c, "pagerduty.webhook", p.Webhook), From: p.From, API: p.API, Events: p.Events,
		Overdue: p.Overdue, Updates: p.Updates, Notes: p.Notes, Poll: p.Every(), Dir: bridgeDir(data), Box: box, Now: clock{}.Now}
	for _, t := range p.Pages {
		o.Pages = append(o.Pages, pagerduty.Target{Purpose: t.Purpose, Key: source(c, "pagerduty.page.routing_key of "+t.Purpose, t.Key),
			Service: t.Service, Policy: t.Policy, User: t.User, Severity: t.Severity})
	}
	return pagerduty.New(o)
}

// contacts are the people to call, as they were known last.
func contacts(data string, box model.Sealer) model.Contacts {
	return pagerduty.Cached(bridgeDir(data), box)
}

// checkBridges asks every service that is configured what we may do there.
func checkBridges(ctx context.Context, data string, c cli.Bridges) []cli.BridgeFinding {
	var out []cli.BridgeFinding
	for _, b := range bridges(data, c, nil) {
		for _, f := range b.Check(ctx) {
			out = append(out, cli.BridgeFinding(f))
		}
	}
	return out
}

// serve has the bridges do what they have to, wherever this process speaks for
// the hub. A demonstration calls nobody.
func serve(f *feed.Feed, p cli.Place, logf func(model.Safe)) *bridge.Runner {
	if p.Via == "demo" {
		return nil
	}
	if logf == nil {
		logf = func(model.Safe) {}
	}
	return bridge.Start(bridge.Options{Hub: rooms{f}, Bridges: bridges(p.Data, p.Bridges, f.Sealer()), Now: clock{}.Now, Logf: logf})
}

// rooms is a feed as bridges have it.
type rooms struct{ *feed.Feed }

// Open opens the hub's place in a room.
func (r rooms) Open(ctx context.Context, short string) (bridge.Office, error) {
	o, err := r.Office(ctx, short)
	if err != nil {
		return nil, err
	}
	return o, nil
}

// Close lets what is due go out, and closes the feed.
func (h hub) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), lastDuties)
	defer cancel()
	h.door.Close()
	h.Settle(ctx)
	h.Runner.Close()
	return h.Feed.Close()
}

// notifiers makes the bridges by which updates go out. One that is configured
// wrongly stands there all the same, and says so to doctor.
func notifiers(c cli.Bridges) []bridge.Bridge {
	n, now := c.Notify, clock{}.Now
	var out []bridge.Bridge
	if s := n.Slack; s.Used() {
		out = append(out, notify.NewSlackBridge(notify.SlackConfig{
			Token: source(c, "slack.token", s.Token), AppToken: source(c, "slack.app_token", s.App), Signing: source(c, "slack.signing_secret", s.Signing),
			API: s.API, Channels: s.Channels, Announce: s.Announce, Reaction: s.Reaction, Team: s.Team, Starters: s.Starters, Plan: c.Plan, Now: now}))
	}
	for _, w := range n.Webhooks {
		out = append(out, made(notify.NewWebhookBridge(notify.WebhookConfig{Name: w.Name, URL: w.URL, Events: w.Events, AllowPrivate: w.Inside, Now: now,
			Secret: source(c, "webhook.secret of "+w.Name, w.Secret), Old: source(c, "webhook.old_secret of "+w.Name, w.Old)}))(w.Name))
	}
	if m := n.Mail; m.Used() {
		out = append(out, made(notify.NewMailBridge(notify.MailConfig{Server: m.Server, TLS: m.TLS, From: m.From, Username: m.Username,
			Password: source(c, "mail.password", m.Password), To: m.To, Now: now}))("mail"))
	}
	if j := n.Jira; j.Used() {
		out = append(out, made(notify.NewTrackerBridge(notify.TrackerConfig{Name: "jira", Pages: j.Pages, Token: source(c, "jira.token", j.Token),
			Make: func(token model.Secret) (notify.Tracker, error) {
				return notify.NewJira(notify.JiraOptions{URL: j.URL, Email: j.Email, Token: token, Project: j.Project, Ticket: j.Ticket, Page: j.Page, Now: now})
			}}))("jira"))
	}
	if t := n.Notion; t.Used() {
		out = append(out, made(notify.NewTrackerBridge(notify.TrackerConfig{Name: "notion", Pages: t.Pages, Token: source(c, "notion.token", t.Token),
			Make: func(token model.Secret) (notify.Tracker, error) {
				return notify.NewNotion(notify.NotionOptions{Token: token, Database: t.Database, API: t.API, Now: now})
			}}))("notion"))
	}
	return out
}

// made returns the bridge that was made, or what stands for one that could not
// be, by its name.
func made[B bridge.Bridge](b B, err error) func(name string) bridge.Bridge {
	return func(name string) bridge.Bridge {
		if err != nil {
			return notify.Broken(name, err)
		}
		return b
	}
}

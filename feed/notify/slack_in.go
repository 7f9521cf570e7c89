package notify

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"warroom/feed/bridge"
	"warroom/model"
	"warroom/model/secretscan"
)

// doorman handles what Slack sends, over HTTP and Socket Mode: commands and reactions. All
// of it is untrusted text.
type doorman struct {
	b     *SlackBridge
	guard *guarded

	mu       sync.Mutex
	once     map[string]time.Time // processed ids, and until when they are remembered
	declared []time.Time          // times within the last hour
	team     string               // of the token; "" until it was read
}

// The limits of what comes in.
const (
	answerIn      = 2 * time.Second // Slack's timeout is three
	finishIn      = time.Minute
	maxPerHour    = 10 // incidents declared from Slack
	onceFor       = time.Hour
	maxRemembered = 10000
	responseAt    = "hooks.slack.com"
	maxSender     = 80
)

func newDoorman(b *SlackBridge) *doorman {
	d := &doorman{b: b, once: map[string]time.Time{}}
	d.guard = newGuard(b.o.Signing, b.o.Now)
	return d
}

// slackHook handles Slack's HTTP requests.
type slackHook struct {
	b  *SlackBridge
	in bridge.Inlet
}

// Webhook implements [bridge.Bridge].
func (b *SlackBridge) Webhook(in bridge.Inlet) bridge.Hook { return slackHook{b: b, in: in} }

// MaxBody implements [bridge.Hook].
func (slackHook) MaxBody() int64 { return maxRequest }

// Claim implements [bridge.Hook].
func (h slackHook) Claim(head http.Header) error { return h.b.in.guard.claim(head) }

// Verify implements [bridge.Hook].
func (h slackHook) Verify(ctx context.Context, head http.Header, body io.ReadSeeker) error {
	return h.b.in.guard.verified(ctx, head, body)
}

// ServeHTTP implements http.Handler.
func (h slackHook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, in := h.b, h.in
	raw, ok := b.in.guard.body(w, r)
	if !ok {
		return
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		b.in.event(w, r, raw, in)
		return
	}
	cmd, err := slack.SlashCommandParse(r)
	if err != nil || cmd.Command == "" {
		http.Error(w, "this is not a command", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(ephemeral(b.in.command(cmd, in))) // Slack is gone: it asks again
}

// ephemeral returns an answer that only the requester sees. Its text is escaped.
func ephemeral(text string) map[string]any {
	return map[string]any{"response_type": "ephemeral", "text": escape(text), "mrkdwn": false}
}

// command executes a command and answers within Slack's timeout. If it takes longer, the
// result is sent later.
func (d *doorman) command(c slack.SlashCommand, in bridge.Inlet) string {
	done := make(chan string)
	late := make(chan struct{})
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), finishIn)
		defer cancel()
		reply := d.obey(ctx, c, in)
		select {
		case done <- reply:
		case <-late:
			d.follow(ctx, c.ResponseURL, reply, in)
		}
	}()
	t := time.NewTimer(answerIn)
	defer t.Stop()
	select {
	case reply := <-done:
		return reply
	case <-t.C:
		close(late)
		return "Working on it; the result follows here."
	}
}

// follow sends the result of a command later, to the URL that Slack provided.
func (d *doorman) follow(ctx context.Context, to, reply string, in bridge.Inlet) {
	u, err := url.Parse(to)
	if err != nil || d.b.o.API == "" && (u.Scheme != "https" || u.Host != responseAt) {
		in.Log(model.Safef("slack: an answer cannot be sent: %s", reply))
		return
	}
	c := &caller{who: "Slack", base: to, client: newHTTP(nil), now: d.b.o.Now, sign: func(*http.Request) {},
		explain: func([]byte) string { return "" }}
	if err := c.call(ctx, http.MethodPost, "", ephemeral(reply), nil); err != nil {
		in.Log(model.Safef("slack: an answer could not be sent: %s", err))
	}
}

// obey executes a slash command and returns the answer.
func (d *doorman) obey(ctx context.Context, c slack.SlashCommand, in bridge.Inlet) string {
	if reply := d.stranger(ctx, c.TeamID); reply != "" {
		return reply
	}
	if short := in.Cut(); short != "" {
		in.Log(model.Safef("slack: a command of %s was refused: Slack is compromised according to "+
			"%s", c.UserID, short))
		return "Slack is not trusted at the moment. Declare in the terminal or by phone."
	}
	if len(d.b.o.Starters) > 0 && !contains(d.b.o.Starters, c.UserID) {
		return "You may not declare from Slack. Call the person on call, or use the terminal."
	}
	plan, err := d.b.o.Plan()
	if err != nil {
		return "The playbook cannot be read here; use the terminal."
	}
	st, reply := parseStart(c.Text, plan)
	switch {
	case reply != "":
		return reply
	case len(secretscan.Find(st.title)) > 0:
		return "Something in the title looks like a secret. Leave it out."
	case c.TriggerID != "" && !d.first("command "+c.TriggerID):
		return "This command was received already."
	case !d.mayDeclare():
		return "Too many incidents were declared from Slack within the last hour. Declare in the terminal."
	}
	short, err := in.Declare(ctx,
		model.Declaration{Title: st.title, Severity: st.severity, Plan: plan, Reason: "requested over slack by " +
			sender(c.UserName, c.UserID) + suspectedIn(in)})
	if err != nil {
		in.Log(model.Safef("slack: an incident was not declared: %s", model.Sentence(err)))
		return "It could not be declared: " + model.Sentence(err).String()
	}
	return "Declared " + short + " as " + st.severity + ". Join in the terminal: warroom open " + short
}

// suspectedIn returns a warning that names the room in which Slack is suspected.
func suspectedIn(in bridge.Inlet) string {
	for _, p := range in.Rooms() {
		switch {
		case !p.Room.ChannelUntrusted("slack"):
		case p.Room.IsRestricted(): // the new room has more readers
			return "; slack is suspected in a restricted room"
		default:
			return "; slack is suspected in " + p.Short
		}
	}
	return ""
}

// sender names a Slack user: the display name is chosen by the user, the id is Slack's.
func sender(name, id string) string {
	if name = plainLine(name); name == "" {
		return short(id, maxSender)
	}
	return short(name, maxSender/2) + " (" + short(id, 20) + ")"
}

// stranger refuses requests from a workspace other than the token's.
func (d *doorman) stranger(ctx context.Context, team string) string {
	d.mu.Lock()
	ours := d.team
	d.mu.Unlock()
	if ours == "" {
		ours = d.b.o.Team
	}
	if ours == "" {
		if err := d.b.held.use(ctx, func(s *Slack) (err error) {
			_, _, ours, _, err = s.Who(ctx)
			return err
		}); err != nil {
			return "warroom cannot check at the moment whether this workspace may use it: " + err.Error()
		}
	}
	d.mu.Lock()
	d.team = ours
	d.mu.Unlock()
	if team != ours {
		return "This workspace is not connected with warroom."
	}
	return ""
}

// first reports whether an id was not processed before.
func (d *doorman) first(id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.b.o.Now()
	if len(d.once) >= maxRemembered {
		clear(d.once)
	}
	until, ok := d.once[id]
	d.once[id] = now.Add(onceFor)
	return !ok || now.After(until)
}

// mayDeclare limits the rate of declarations.
func (d *doorman) mayDeclare() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.b.o.Now()
	for len(d.declared) > 0 && now.Sub(d.declared[0]) > time.Hour {
		d.declared = d.declared[1:]
	}
	if len(d.declared) >= maxPerHour {
		return false
	}
	d.declared = append(d.declared, now)
	return true
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// check reports how commands and reactions are received.
func (d *doorman) check(ctx context.Context) []bridge.Finding {
	var out []bridge.Finding
	add := func(err error, ok model.Safe) {
		if err != nil {
			out = append(out,
				bridge.Finding{What: model.Safef("slack: %s", err),
					Do: model.Lit("commands and reactions do not arrive until this works")})
			return
		}
		out = append(out, bridge.Finding{OK: true, What: ok})
	}
	if d.b.o.Signing != nil {
		_, err := d.b.o.Signing.Get(ctx)
		add(err, model.Lit("slack: commands arrive by HTTP at /hooks/slack of warroom serve --http"))
	}
	if d.b.o.AppToken != nil {
		add(d.b.canListen(ctx), model.Lit("slack: commands arrive by Socket Mode"))
	}
	if len(out) == 0 {
		out = append(out,
			bridge.Finding{OK: true,
				What: model.Lit("slack: no commands or messages arrive: neither app_token nor signing_secret is " +
					"set")})
	}
	return out
}

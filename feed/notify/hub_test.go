package notify

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/bridge"
	"warroom/feed/feedtest"
	"warroom/model"
	"warroom/model/config"
	"warroom/model/playbook"
)

// room is a room whose host has bridges.
type room struct {
	t       *testing.T
	f       *feed.Feed
	run     *bridge.Runner
	short   string
	session model.RoomSession
	logs    chan string
}

func open(t *testing.T, drill bool, b ...bridge.Bridge) *room {
	t.Helper()
	x := &room{t: t, f: feedtest.Open(t, "ana"), logs: make(chan string, 100)}
	p, err := playbook.Load("", "security")
	if err != nil {
		t.Fatalf("load a playbook: %v", err)
	}
	if x.short,
		err = x.f.Declare(t.Context(),
		model.Declaration{Title: "Key <!channel> in a log", Severity: "SEV-1", Plan: p, Drill: drill}); err != nil {
		t.Fatalf("declare a room: %v", err)
	}
	x.serve(b...)
	x.session = feedtest.Enter(t, x.f, x.short)
	return x
}

func (x *room) serve(b ...bridge.Bridge) {
	x.run = bridge.Start(bridge.Options{Hub: feedtest.BridgeHub{Feed: x.f},
		Bridges: b, Now: time.Now, Base: 20 * time.Millisecond,
		Logf: func(s model.Safe) {
			select {
			case x.logs <- s.String():
			default:
			}
		}})
	x.t.Cleanup(x.run.Close)
}

// submit types a line as ana.
func (x *room) submit(line string) {
	x.t.Helper()
	v := x.session.Latest()
	a, err := model.Parse(line, model.Ctx{Room: v.Room, Who: x.session.Who(), Now: time.Now(), Zone: time.UTC})
	if err != nil {
		x.t.Fatalf("parse a line: %v", err)
	}
	if _, err := x.session.Append(x.t.Context(), a); err != nil {
		x.t.Fatalf("%s: %v", line, err)
	}
}

func (x *room) until(what string, ok func(r *model.Room) bool) *model.Room {
	x.t.Helper()
	return feedtest.Until(x.t, x.session, what, func(v *model.View) bool { return ok(v.Room) }).Room
}

// sent waits until n duties with a prefix are sent.
func (x *room) sent(prefix string, n int) []model.Delivery {
	x.t.Helper()
	var out []model.Delivery
	x.until(prefix+" is sent", func(r *model.Room) bool {
		out = nil
		for _, d := range r.Deliveries {
			if strings.HasPrefix(d.Duty, prefix) && d.State == model.DeliverySent {
				out = append(out, d)
			}
		}
		return len(out) >= n
	})
	return out
}

func source(s string) *bridge.Source {
	return bridge.NewSource(func(context.Context) (model.Secret, error) { return model.NewSecret([]byte(s)), nil })
}

func plan() (*model.Plan, error) { return playbook.Load("", "security") }

func (x *workspace) bridge(o SlackConfig) *SlackBridge {
	o.Token, o.API, o.Plan, o.Now = source("xoxb-good"), x.URL, plan, time.Now
	if o.Channels == nil {
		o.Channels = map[string]string{"responders": "C1"}
	}
	return NewSlackBridge(o)
}

// TestUpdatesGoOut: one update to everybody reaches every configured service once, and the
// room records how.
func TestUpdatesGoOut(t *testing.T) {
	slack, post := newWorkspace(t), newPost(t, nil)
	jira, notion := newFakeService(t, fakeJira), newFakeService(t, fakeNotion)
	hooks := make(chan *http.Request, 20)
	siem := newFakeService(t, func(_ *fakeService, w http.ResponseWriter, r *http.Request, _ map[string]any) {
		hooks <- r
		w.WriteHeader(200)
	})
	mail, err := NewMailBridge(MailConfig{Now: time.Now, Mail: config.Mail{Server: post.addr, TLS: NoTLS,
		From: "w@acme.example", To: map[string][]string{"executives": {"ceo@acme.example", "cto@acme.example"}}}})
	must(t, err)
	hook, err := NewWebhookBridge(WebhookConfig{
		Webhook: config.Webhook{Name: "siem", URL: siem.URL, AllowPrivate: true},
		Secret:  source(longSecret), Now: time.Now})
	must(t, err)
	track, err := NewTrackerBridge(TrackerConfig{Name: "jira", Token: source("good"),
		Make: func(tok model.Secret) (Tracker, error) {
			return NewJira(JiraOptions{URL: jira.URL, Email: "bot@acme.example", Token: tok, Project: "OPS",
				Now: time.Now})
		}})
	must(t, err)
	pages, err := NewTrackerBridge(TrackerConfig{Name: "notion", Pages: true, Token: source("good"),
		Make: func(tok model.Secret) (Tracker, error) {
			return NewNotion(NotionOptions{Token: tok, Database: database, API: notion.URL, Now: time.Now})
		}})
	must(t, err)
	x := open(t, false, slack.bridge(SlackConfig{}), mail, hook, track, pages)
	x.submit(":update the key is revoked | ending sessions")
	x.submit(":update executives no customer is affected")
	x.submit(":todo @bo due 2030-01-02 rotate every key")

	first := x.sent("slack/opening/", 1)[0]
	x.sent("slack/update/", 1)
	m := slack.messages()
	if len(m) != 2 || m[0]["thread_ts"] != "" || "C1/"+m[1]["thread_ts"] != first.Ref ||
		!strings.Contains(m[1]["text"], "the key is revoked\nActions: ending sessions") {
		t.Errorf("Slack has %v, opening %+v", m, first)
	}
	if strings.Contains(m[0]["text"], "<!channel>") ||
		!strings.Contains(m[0]["text"], "[SEV-1] inc-1: Key &lt;!channel&gt; in a log") {
		t.Errorf("the opening is %q", m[0]["text"])
	}
	x.sent("mail/update/", 2)
	x.sent("siem/update/", 2)
	if d := x.sent("jira/follow-up/", 1)[0]; d.Ref != "OPS-1" {
		t.Errorf("%+v", d)
	}
	x.sent("notion/follow-up/", 1)
	r := x.until("the page is there, and its link", func(r *model.Room) bool { return len(r.Links) > 0 })
	if l := r.Links[0]; l.System != "notion" || l.URL != "https://notion.example/p" {
		t.Errorf("%+v", l)
	}
	if want := []string{jira.URL + "/browse/OPS-1",
		"https://notion.example/p"}; !slices.Equal(sorted(r.Followups[0].Tickets), sorted(want)) {
		t.Errorf("the follow-up has %v", r.Followups[0].Tickets)
	}
	if r.Rejected+r.Bad > 0 {
		t.Errorf("%d refused, %d bad", r.Rejected, r.Bad)
	}
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("set up: %v", err)
	}
}

// TestDrillStaysInside: a drill sends nothing to anybody.
func TestDrillStaysInside(t *testing.T) {
	slack := newWorkspace(t)
	x := open(t, true, slack.bridge(SlackConfig{Slack: config.Slack{Announce: []string{"responders"}}}))
	x.submit(":update all is pretended")
	x.run.Settle(t.Context())
	if r := x.session.Latest().Room; len(slack.messages()) > 0 || len(r.Deliveries) > 0 {
		t.Errorf("posted %v", slack.messages())
	}
}

// TestRestrictedStaysInside: a restricted room sends only explicit updates, without its
// title.
func TestRestrictedStaysInside(t *testing.T) {
	slack := newWorkspace(t)
	x := open(t, false, slack.bridge(SlackConfig{}))
	x.submit(":restrict @bo an insider")
	x.submit(":update the door is locked")
	x.sent("slack/update/", 1)
	for _, m := range slack.messages() {
		if strings.Contains(m["text"], "Key") || strings.Contains(m["text"], "SEV-1") {
			t.Errorf("got the text %q", m["text"])
		}
	}
	if b, err := NewTrackerBridge(TrackerConfig{Name: "jira", Pages: true,
		Make: func(model.Secret) (Tracker, error) { return nil, nil }}); err != nil ||
		len(b.Duties(x.session.Latest().Room)) > 0 {
		t.Errorf("%v", err)
	}
}

// TestCompromisedIsCut: nothing is sent or received until the channel is trusted again.
func TestCompromisedIsCut(t *testing.T) {
	slack := newWorkspace(t)
	x := open(t, false, slack.bridge(SlackConfig{Signing: source("sign"),
		Slack: config.Slack{Announce: []string{"responders"}}}))
	x.sent("slack/opening/", 1)
	x.submit(":channel slack compromised they read along")
	x.submit(":update this must not be read there")
	x.until("the update is cut", func(r *model.Room) bool {
		return slices.ContainsFunc(r.Deliveries, func(d model.Delivery) bool { return d.State == model.DeliveryCut })
	})
	if n := len(slack.messages()); n != 1 {
		t.Errorf("%d posted", n)
	}
	if got := x.ask(signed("sign", time.Now(), command("start SEV-1 more trouble", "t1"))); !strings.Contains(got,
		"Slack is not trusted at the moment") {
		t.Errorf("answered %s", got)
	}
	x.submit(":channel slack suspected new tokens")
	x.sent("slack/update/", 1)
	if got := x.ask(signed("sign", time.Now(), command("start SEV-1 more trouble", "t2"))); !strings.Contains(got,
		"Declared inc-2 as SEV-1") {
		t.Errorf("answered %s", got)
	}
	second, err := x.f.Glance(t.Context(), "inc-2")
	must(t, err)
	if got, want := second.Levels[0].Reason, "slack is suspected in inc-1"; !strings.HasSuffix(got, want) {
		t.Errorf("inc-2: got the reason %q, want that %s", got, want)
	}
	x.submit(":restrict @bo it may be an insider")
	if got := x.ask(signed("sign", time.Now(), command("start SEV-1 and more", "t3"))); !strings.Contains(got,
		"Declared inc-3 as SEV-1") {
		t.Errorf("answered %s", got)
	}
	third, err := x.f.Glance(t.Context(), "inc-3")
	must(t, err)
	if got, want := third.Levels[0].Reason, "slack is suspected in a restricted room"; !strings.HasSuffix(got, want) {
		t.Errorf("inc-3: got the reason %q, want that %s", got, want)
	}
}

// TestNewToken: if a token is refused, it is read again and the new one is used.
func TestNewToken(t *testing.T) {
	ws := newWorkspace(t)
	token := "xoxb-old"
	b := NewSlackBridge(SlackConfig{Now: time.Now,
		Slack: config.Slack{API: ws.URL, Channels: map[string]string{"responders": "C1"}},
		Token: bridge.NewSource(func(context.Context) (model.Secret, error) {
			return model.NewSecret([]byte(token)),
				nil
		})})
	if f := b.Check(t.Context()); len(f) != 1 || f[0].OK ||
		!strings.Contains(f[0].What.String(), "rejects the token") {
		t.Errorf("%+v", f)
	}
	token = "xoxb-good"
	if f := b.Check(t.Context()); len(f) < 4 || !f[0].OK ||
		f[0].What.String() != "slack: the token belongs to warroom in Acme" ||
		!strings.Contains(f[3].What.String(), "does not allow warroom to name the author") {
		t.Errorf("%+v", f)
	}
}

// TestRestrictedWebhook checks case 34: the event of an update in a restricted room has
// neither its title nor its severity.
func TestRestrictedWebhook(t *testing.T) {
	var mu sync.Mutex
	var updates []string
	siem := newFakeService(t, func(_ *fakeService, w http.ResponseWriter, _ *http.Request, body map[string]any) {
		raw, err := json.Marshal(body)
		if err == nil && strings.Contains(string(raw), "update.sent") {
			mu.Lock()
			updates = append(updates, string(raw))
			mu.Unlock()
		}
		w.WriteHeader(200)
	})
	hook, err := NewWebhookBridge(WebhookConfig{Secret: source(longSecret), Now: time.Now,
		Webhook: config.Webhook{Name: "siem", URL: siem.URL, Events: []string{"update.sent"}, AllowPrivate: true}})
	must(t, err)
	x := open(t, false, hook)
	x.submit(":restrict @bo an insider")
	x.submit(":update the door is locked")
	x.sent("siem/update/", 1)
	mu.Lock()
	defer mu.Unlock()
	if len(updates) != 1 || !strings.Contains(updates[0], "the door is locked") ||
		strings.Contains(updates[0], "SEV-") || strings.Contains(updates[0], "Key") {
		t.Errorf("got %v, want one update without title and severity", updates)
	}
}

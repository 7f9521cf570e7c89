package notify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"warroom/feed/bridge"
	"warroom/model"
	"warroom/model/config"
)

// The types of events that webhooks receive.
var hookTypes = []string{"incident.declared", "severity.changed", "phase.entered", "update.sent", "incident.resolved",
	"incident.closed", "incident.stale"}

// WebhookConfig configures a webhook: the configuration, with the secrets that it names.
type WebhookConfig struct {
	config.Webhook
	Secret *bridge.Source
	Old    *bridge.Source // signs too, while the secret is rotated; if nil, none
	Now    func() time.Time
}

// WebhookBridge sends events of rooms to one URL.
type WebhookBridge struct {
	bridge.SendOnly
	o    WebhookConfig
	held *held[*Webhook]
}

var _ bridge.Bridge = (*WebhookBridge)(nil)

// NewWebhookBridge returns the bridge to a URL.
func NewWebhookBridge(o WebhookConfig) (*WebhookBridge, error) {
	if !model.ValidHandle(o.Name) {
		return nil, never("name of [[webhook]] is one word of a-z 0-9 _ -, not %q", short(o.Name, 40))
	}
	if _, err := address("url of webhook "+o.Name, o.URL); err != nil {
		return nil, err
	}
	for _, e := range o.Events {
		if !slices.Contains(hookTypes, e) {
			return nil, never("there are no events %q for webhook %s; the kinds are %s", o.Name, short(e, 40),
				strings.Join(hookTypes, ", "))
		}
	}
	if o.Secret == nil {
		return nil, never("webhook %s has no secret; without one the receiver cannot check that an event is "+
			"from warroom", o.Name)
	}
	b := &WebhookBridge{o: o}
	b.held = &held[*Webhook]{src: o.Secret, make: func(ctx context.Context, secret model.Secret) (*Webhook, error) {
		all := []model.Secret{secret}
		if o.Old != nil {
			s, err := o.Old.Get(ctx)
			if err != nil {
				return nil, temporary(permissionWait, "%s", err)
			}
			all = append(all, s)
		}
		return NewWebhook(WebhookOptions{Name: o.Name, URL: o.URL, Secrets: all, AllowPrivate: o.AllowPrivate,
			Now: o.Now})
	}}
	return b, nil
}

// Name implements [bridge.Bridge].
func (b *WebhookBridge) Name() string { return b.o.Name }

// happened is the subject of an event.
type happened struct {
	kind string
	at   time.Time
	what any
}

// Duties implements [bridge.Bridge]. For a restricted room, only explicitly sent updates
// are duties.
func (b *WebhookBridge) Duties(r *model.Room) []bridge.Duty {
	if r.Lobby {
		return nil
	}
	var out []bridge.Duty
	add := func(id, kind, text string, at time.Time, what any) {
		if (len(b.o.Events) == 0 || slices.Contains(b.o.Events, kind)) && (kind == "update.sent" || !r.IsRestricted()) {
			out = append(out,
				bridge.Duty{Key: b.o.Name + "/" + id, What: plainLine(text), Since: at, Until: at.Add(usable),
					Order: "events", Content: happened{kind: kind, at: at, what: what}})
		}
	}
	add("declared", "incident.declared", "the incident was declared", r.DeclaredAt, nil)
	for i, l := range r.Levels {
		if i > 0 {
			add(fmt.Sprintf("severity/%d", i), "severity.changed", "severity is "+l.Severity, l.From,
				map[string]string{"to": plainLine(l.Severity), "was": plainLine(r.Levels[i-1].Severity),
					"by": plainLine(l.By)})
		}
	}
	for i, p := range r.Phases {
		if i > 0 {
			add(fmt.Sprintf("phase/%d", i), "phase.entered", "phase is "+p.Phase, p.From,
				map[string]string{"phase": plainLine(p.Phase), "by": plainLine(p.By)})
		}
	}
	for i := range r.Dispatches {
		d := &r.Dispatches[i]
		add("update/"+d.ID, "update.sent", updateWords(r, d, ""), d.RecordedAt, plainUpdate(*d))
	}
	for _, m := range []struct{ milestone, kind string }{{model.MilestoneResolved, "incident.resolved"},
		{model.MilestoneClosed, "incident.closed"}} {
		if at, ok := r.Milestones[m.milestone]; ok && at.Seq > 0 {
			add(fmt.Sprintf("%s/%d", m.milestone, at.Seq), m.kind, "the incident is "+m.milestone, at.At,
				map[string]string{"by": plainLine(at.By)})
		}
	}
	if at := r.StaleAt(); !at.IsZero() {
		seq, since := r.LastWritten()
		add(fmt.Sprintf("stale/%d", seq), "incident.stale", "no entry for long", at,
			map[string]string{"last_entry_at": since.UTC().Format(time.RFC3339)})
	}
	return out
}

// plainUpdate returns an update without control characters in its texts.
func plainUpdate(d model.Dispatch) model.Dispatch {
	d.Conditions, d.Actions, d.Needs = plain(d.Conditions), plain(d.Actions), plain(d.Needs)
	for _, s := range []*string{&d.ID, &d.Audience, &d.By, &d.Severity, &d.ApprovedBy} {
		*s = plainLine(*s) // a plan may come from anybody who declares a room
	}
	return d
}

// incidentData is the incident as in every event.
type incidentData struct {
	Incident struct {
		ID       string `json:"id"`
		Name     string `json:"name"`
		Title    string `json:"title,omitempty"`
		Kind     string `json:"kind,omitempty"`
		Severity string `json:"severity,omitempty"`
		Status   string `json:"status,omitempty"`
		Phase    string `json:"phase,omitempty"`
	} `json:"incident"`
	What any `json:"what,omitempty"`
}

// Deliver implements [bridge.Bridge].
func (b *WebhookBridge) Deliver(ctx context.Context, j bridge.Job) (bridge.Result, error) {
	h, r := j.Content.(happened), j.Room
	var data incidentData
	data.Incident.ID, data.Incident.Name, data.What = r.ID, j.Short, h.what
	if d, ok := h.what.(model.Dispatch); ok && r.IsRestricted() {
		d.Severity = ""
		data.What = d
	}
	if !r.IsRestricted() {
		i := &data.Incident
		i.Title, i.Kind, i.Severity = plainLine(r.Title), plainLine(r.Kind), plainLine(r.Severity)
		i.Status, i.Phase = string(r.Status), plainLine(r.Phase)
	}
	sum := sha256.Sum256([]byte(r.ID + " " + j.Key))
	id := "msg_" + hex.EncodeToString(sum[:16])
	err := b.held.use(ctx, func(w *Webhook) error { return w.Send(ctx, id, h.kind, h.at, data) })
	return bridge.Result{Ref: id}, asBridgeError(err)
}

// Check implements [bridge.Bridge]. It sends nothing, because the receiver would take that
// for an event.
func (b *WebhookBridge) Check(ctx context.Context) []bridge.Finding {
	w, err := b.held.get(ctx)
	if err == nil {
		err = w.reach(ctx)
	}
	if err != nil {
		return []bridge.Finding{{What: model.Safef("%s: %s", b.o.Name, err),
			Do: model.Lit("its events wait in the rooms until this works")}}
	}
	return []bridge.Finding{{OK: true,
		What: model.Safef("%s: the webhook can be reached; its secret is not checked until the first event",
			b.o.Name)}}
}

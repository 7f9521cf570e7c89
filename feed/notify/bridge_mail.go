package notify

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"warroom/feed/bridge"
	"warroom/model"
	"warroom/model/config"
)

// MailConfig configures the mail bridge: the configuration, with the secret that it names.
type MailConfig struct {
	config.Mail
	CA       *x509.CertPool // nil: the system's
	Password *bridge.Source
	Now      func() time.Time
}

// MailBridge sends each update to each person of its audience.
type MailBridge struct {
	bridge.SendOnly
	o    MailConfig
	held *held[*Mailer]
}

var _ bridge.Bridge = (*MailBridge)(nil)

// NewMailBridge returns the bridge to a mail server.
func NewMailBridge(o MailConfig) (*MailBridge, error) {
	b := &MailBridge{o: o}
	mk := func(_ context.Context, secret model.Secret) (*Mailer, error) {
		return NewMailer(MailOptions{Server: o.Server, TLS: o.TLS, CA: o.CA, Username: o.Username, Password: secret,
			From: o.From, Now: o.Now})
	}
	if _, err := mk(context.Background(), model.Secret{}); err != nil {
		return nil, err
	}
	for audience, list := range o.To {
		for _, a := range list {
			if err := Address(a); err != nil {
				return nil, never("to.%s of [mail]: %s", audience, err)
			}
		}
	}
	b.held = &held[*Mailer]{src: o.Password, make: mk}
	return b, nil
}

// Name implements [bridge.Bridge].
func (*MailBridge) Name() string { return "mail" }

// updateMail is an update to one person.
type updateMail struct {
	d  *model.Dispatch
	to string
}

// Duties implements [bridge.Bridge].
func (b *MailBridge) Duties(r *model.Room) []bridge.Duty {
	var out []bridge.Duty
	for i := range r.Dispatches {
		d := &r.Dispatches[i]
		for _, to := range slices.Compact(slices.Sorted(slices.Values(b.o.To[d.Audience]))) {
			h := sha256.Sum256([]byte(to))
			out = append(out,
				bridge.Duty{Key: "mail/update/" + d.ID + "/" + hex.EncodeToString(h[:4]), What: updateWords(r, d, to),
					Since: d.RecordedAt, Until: d.RecordedAt.Add(usable), Order: to, Content: updateMail{d: d, to: to}})
		}
	}
	return append(out, b.staleDuties(r)...)
}

// staleMail is a reminder of a forgotten room to one person.
type staleMail struct{ to string }

// staleDuties remind the responders who were sent an update by mail of a room without an
// entry, once for each time it is forgotten. Other audiences are not asked to close rooms.
func (b *MailBridge) staleDuties(r *model.Room) []bridge.Duty {
	at := r.StaleAt()
	if at.IsZero() || r.IsRestricted() || r.Lobby ||
		!slices.ContainsFunc(r.Dispatches, func(d model.Dispatch) bool { return d.Audience == responders }) {
		return nil
	}
	seq, _ := r.LastWritten()
	var out []bridge.Duty
	for _, to := range slices.Compact(slices.Sorted(slices.Values(b.o.To[responders]))) {
		h := sha256.Sum256([]byte(to))
		out = append(out, bridge.Duty{Key: fmt.Sprintf("mail/stale/%d/%s", seq, hex.EncodeToString(h[:4])),
			What: "no entry for long, to " + to, Since: at, Until: at.Add(model.StaleAfter),
			Content: staleMail{to: to}})
	}
	return out
}

// responders is the audience of those who work on the incident.
const responders = "responders"

// Deliver implements [bridge.Bridge].
func (b *MailBridge) Deliver(ctx context.Context, j bridge.Job) (bridge.Result, error) {
	in := Incident{Room: j.Room, Short: j.Short}
	l := Mail{Mark: j.Room.ID + " " + j.Key, Thread: j.Room.ID}
	text := ""
	switch c := j.Content.(type) {
	case updateMail:
		l.To, l.Subject = c.to, fmt.Sprintf("%s - update %d", in.Title(), c.d.N)
		text = fmt.Sprintf("%s\n\n%s", in.Title(), in.Update(c.d))
	case staleMail:
		l.To, l.Subject, text = c.to, in.Title()+" - still open", in.Stale()
	}
	l.Text = fmt.Sprintf("%s\n\n-- \nSent by warroom from %s. Replies to this mail do not reach the room.\n",
		text, j.Short)
	var detail string
	err := b.held.use(ctx, func(m *Mailer) (err error) {
		detail, err = m.Send(ctx, l)
		return err
	})
	return bridge.Result{Detail: detail}, asBridgeError(err)
}

// Check implements [bridge.Bridge].
func (b *MailBridge) Check(ctx context.Context) []bridge.Finding {
	err := b.held.use(ctx, func(m *Mailer) error { return m.Check(ctx) })
	if err != nil {
		return []bridge.Finding{{What: model.Safef("mail: %s", err),
			Do: model.Lit("updates by mail wait in the room until this works")}}
	}
	n := 0
	for _, l := range b.o.To {
		n += len(l)
	}
	return []bridge.Finding{{OK: true, What: model.Safef("mail: the server accepts the login; %d addresses "+
		"receive updates", n)}}
}

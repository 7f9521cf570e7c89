package feed

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/hub"
	"warroom/feed/jetlog"
	"warroom/feed/subjects"
	"warroom/model"
	"warroom/model/namedfile"
)

// A tool can send alerts as a NATS message on warroom.intake.<handle>.<source>. The
// process that hosts the hub, or the hub service of a server, stores them in the lobby.
// The server has authenticated the handle: a login with the right intake may publish to
// that subject, use its own inbox, and nothing else.
const intakeSubject = "warroom.intake."

// maxMail is the largest message of alerts in bytes, the default limit of a NATS server.
const maxMail = 1 << 20

// mailFor is the time limit for one message.
const mailFor = 20 * time.Second

// TakeAlerts parses and stores the output of a tool. It returns the answer for the
// sender, which is encoded as JSON.
type TakeAlerts func(ctx context.Context, from, source string, data []byte) (any, error)

// TakeAlerts sets the function that takes alerts sent over NATS. It is called only while
// this process acts for the hub.
func (f *Feed) TakeAlerts(fn TakeAlerts) { f.client.alerts.Store(&fn) }

// mailAnswer is the answer to a sender whose alerts were not stored.
type mailAnswer struct {
	Error model.Safe `json:"error"`
}

// queueAlerts queues a message of alerts. If too many are waiting, the sender is asked to
// retry later.
func (s *hubService) queueAlerts(m *nats.Msg) {
	from, _, _ := parseMail(m.Subject)
	if s.waiting.enter(from, len(m.Data)) {
		if s.mail.Push(from, m) {
			return
		}
		s.waiting.leave(from, len(m.Data))
	}
	s.reply(m, mailAnswer{model.Lit("too many alerts are coming in; send it again in a few seconds")})
}

// takeAlerts takes the queued messages, one sender after the other, until ctx ends.
func (s *hubService) takeAlerts(ctx context.Context) {
	if s.mail == nil {
		return
	}
	context.AfterFunc(ctx, s.mail.Close)
	for from, m := s.mail.Pop(); m != nil; from, m = s.mail.Pop() {
		s.reply(m, s.oneMail(ctx, m))
		s.waiting.leave(from, len(m.Data))
	}
}

// parseMail splits the subject of a message of alerts.
func parseMail(subject string) (from, source string, ok bool) {
	from, source, _ = strings.Cut(strings.TrimPrefix(subject, intakeSubject), ".")
	// ok is false for a longer subject
	return from, source, subjects.CheckHandle(from) == nil && len(source) <= 64 && !strings.Contains(source, ".")
}

func (s *hubService) oneMail(ctx context.Context, m *nats.Msg) any {
	ctx, cancel := context.WithTimeout(ctx, mailFor)
	defer cancel()
	from, source, ok := parseMail(m.Subject)
	take := s.client.alerts.Load()
	switch {
	case !ok:
		return mailAnswer{model.Lit(
			"alerts are sent to warroom.intake.HANDLE.SOURCE, with the handle of the invitation")}
	case len(m.Header) > 0:
		return mailAnswer{model.Lit("alerts are sent without headers")}
	case len(m.Data) > maxMail:
		return mailAnswer{model.Safef("more than %d kB at once; send it in parts, or use warroom ingest", maxMail>>10)}
	case take == nil:
		return mailAnswer{model.Lit("the process that hosts this hub accepts no alerts; start warroom serve")}
	}
	if err := s.client.revoked.Refuse(from); err != nil {
		return mailAnswer{model.Sentence(err)}
	}
	out, err := (*take)(ctx, from, source, m.Data)
	if err != nil {
		return mailAnswer{model.Sentence(err)}
	}
	return out
}

// reply answers a sender, but only in the sender's own inbox: another reply subject would
// make the hub publish there.
func (s *hubService) reply(m *nats.Msg, v any) {
	from, _, _ := parseMail(m.Subject)
	if !strings.HasPrefix(m.Reply, "_INBOX_"+from+".") {
		return
	}
	if raw, err := json.Marshal(v); err == nil {
		_ = m.Respond(raw) // the sender may be gone
	}
}

// Post sends alerts with the invitation of a tool, and returns the hub's answer. It
// returns [model.Invalid] for more than 1 MiB, for a file that cannot be read, and for
// alerts that the hub refuses.
func Post(ctx context.Context, creds, source string, data []byte) (json.RawMessage, error) {
	if len(data) > maxMail {
		return nil, model.Refuse(model.Invalid,
			"more than %d kB at once cannot be sent with the invitation of a tool; split it, or send it with a "+
				"login that may write", maxMail>>10)
	}
	raw, err := namedfile.Read(creds, namedfile.MaxLogin)
	if err != nil {
		return nil, model.Refuse(model.Invalid, "the credentials file %s cannot be read: %s; check --creds", creds,
			model.FileReason(err))
	}
	login, err := hub.ReadInvitation(creds, raw)
	if err != nil {
		return nil, err
	}
	opts, err := jetlog.LoginOptions(login)
	if err != nil {
		return nil, err
	}
	opts = append(opts, nats.Name("warroom ingest"), nats.CustomInboxPrefix("_INBOX_"+login.Handle),
		nats.Timeout(jetlog.DialTimeout), nats.NoReconnect())
	nc, err := jetlog.Connect(ctx, strings.Join(login.Servers, ","), opts)
	if err != nil {
		return nil, model.Refuse(model.Unreachable,
			"the hub at %s cannot be reached, or no longer accepts this invitation: %s",
			strings.Join(login.Servers, ", "), err)
	}
	defer nc.Close()
	m, err := nc.RequestWithContext(ctx, mailSubject(login.Handle, source), data)
	switch {
	case errors.Is(err, nats.ErrNoResponders):
		return nil, model.Refuse(model.Unreachable, "no hub accepts alerts at %s now; try again in a moment",
			login.Servers[0])
	case err != nil:
		return nil, model.Refuse(model.Unreachable, "the hub does not answer: %s", err)
	}
	var no mailAnswer
	if err := json.Unmarshal(m.Data, &no); err == nil && !no.Error.IsEmpty() {
		return nil, model.Refuse(model.Invalid, "%s", no.Error)
	}
	return m.Data, nil
}

// mailSubject returns the subject for the alerts of a source. With an empty source, the
// alerts name their source themselves.
func mailSubject(handle, source string) string {
	source = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, strings.ToLower(source))
	if source == "" {
		return intakeSubject + handle
	}
	return intakeSubject + handle + "." + source[:min(len(source), 64)]
}

// IsTool reports whether a file is the invitation of a tool.
func IsTool(creds string) bool {
	raw, err := namedfile.Read(creds, namedfile.MaxLogin)
	if err != nil || !hub.IsInvitation(raw) {
		return false
	}
	l, err := hub.ReadInvitation(creds, raw)
	return err == nil && l.Right == hub.Intake
}

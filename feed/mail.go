package feed

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/hub"
	"warroom/model"
)

// Alerts come over NATS too: warroom.intake.<handle>.<source>, with the output of
// a tool as the message. The process that hosts, or the steward of a server, hears
// them and stores them in the lobby. The server has checked the handle: a login
// with the right intake may say that, its own inbox, and nothing else.
const intakeSubject = "warroom.intake."

// maxMail is the largest message of alerts in bytes: what every server takes.
const maxMail = 1 << 20

// mailFor is how long one message may take.
const mailFor = 20 * time.Second

// TakeAlerts reads alerts of a tool and stores them. It returns the answer for
// who sent them, as it is to be encoded.
type TakeAlerts func(ctx context.Context, from, source string, data []byte) (any, error)

// TakeAlerts has alerts that come over NATS taken by a function, from now on,
// where this process is the one that hears them.
func (f *Feed) TakeAlerts(fn TakeAlerts) { f.h.alerts.Store(&fn) }

// mailAnswer is what a sender is told where nothing was taken.
type mailAnswer struct {
	Error model.Safe `json:"error"`
}

// hearAlerts queues a message of alerts. Where too many wait, its sender is told
// to come again.
func (s *steward) hearAlerts(m *nats.Msg) {
	from, _, _ := parseMail(m.Subject)
	if s.waiting.enter(from, len(m.Data)) {
		if s.mail.Push(from, m) {
			return
		}
		s.waiting.leave(from, len(m.Data))
	}
	s.reply(m, mailAnswer{model.Lit("too much comes in at once; send it again in a few seconds")})
}

// takeAlerts takes what was queued, of each sender in turn, until the steward ends.
func (s *steward) takeAlerts(ctx context.Context) {
	if s.mail == nil {
		return
	}
	context.AfterFunc(ctx, s.mail.Close)
	for from, m := s.mail.Pop(); m != nil; from, m = s.mail.Pop() {
		s.reply(m, s.oneMail(ctx, m))
		s.waiting.leave(from, len(m.Data))
	}
}

// parseMail takes the subject of a message of alerts apart.
func parseMail(subject string) (from, source string, ok bool) {
	from, source, _ = strings.Cut(strings.TrimPrefix(subject, intakeSubject), ".")
	return from, source, checkHandle(from) == nil && len(source) <= 64 && !strings.Contains(source, ".") // else it is another lane's
}

func (s *steward) oneMail(ctx context.Context, m *nats.Msg) any {
	ctx, cancel := context.WithTimeout(ctx, mailFor)
	defer cancel()
	from, source, ok := parseMail(m.Subject)
	take := s.h.alerts.Load()
	switch {
	case !ok:
		return mailAnswer{model.Lit("alerts are sent to warroom.intake.HANDLE.SOURCE, with the handle of the invitation")}
	case len(m.Header) > 0:
		return mailAnswer{model.Lit("alerts are sent without headers")}
	case len(m.Data) > maxMail:
		return mailAnswer{model.Safef("more than %d kB at once; send it in parts, or use warroom ingest", maxMail>>10)}
	case take == nil:
		return mailAnswer{model.Lit("the process that hosts this hub takes no alerts; start warroom serve")}
	}
	if err := s.h.struck.refuse(from); err != nil {
		return mailAnswer{model.Sentence(err)}
	}
	out, err := (*take)(ctx, from, source, m.Data)
	if err != nil {
		return mailAnswer{model.Sentence(err)}
	}
	return out
}

// reply answers a sender in their own inbox and nowhere else: whoever names
// another subject would have the hub speak there.
func (s *steward) reply(m *nats.Msg, v any) {
	from, _, _ := parseMail(m.Subject)
	if !strings.HasPrefix(m.Reply, "_INBOX_"+from+".") {
		return
	}
	if raw, err := json.Marshal(v); err == nil {
		_ = m.Respond(raw) // who asked may be gone
	}
}

// Post sends alerts with the invitation of a tool, and returns what the hub says.
func Post(ctx context.Context, creds, source string, data []byte) (json.RawMessage, error) {
	if len(data) > maxMail {
		return nil, model.Refuse(model.Invalid, "more than %d kB at once cannot be sent with the invitation of a tool; split it, or bring it with a login that may write", maxMail>>10)
	}
	raw, err := os.ReadFile(creds)
	if err != nil {
		return nil, model.Refuse(model.Invalid, "the credentials file %s cannot be read (%s); check --creds", creds, err)
	}
	login, err := hub.ReadInvitation(creds, raw)
	if err != nil {
		return nil, err
	}
	opts, err := proof(login)
	if err != nil {
		return nil, err
	}
	opts = append(opts, nats.Name("warroom ingest"), nats.CustomInboxPrefix("_INBOX_"+login.Handle), nats.Timeout(dialFor), nats.NoReconnect())
	nc, err := connect(ctx, strings.Join(login.Servers, ","), opts)
	if err != nil {
		return nil, model.Refuse(model.Unreachable, "the hub at %s cannot be reached, or does not know this invitation any more: %s", strings.Join(login.Servers, ", "), err)
	}
	defer nc.Close()
	m, err := nc.RequestWithContext(ctx, mailSubject(login.Handle, source), data)
	switch {
	case errors.Is(err, nats.ErrNoResponders):
		return nil, model.Refuse(model.Unreachable, "nobody takes alerts at %s now; try again in a moment", login.Servers[0])
	case err != nil:
		return nil, model.Refuse(model.Unreachable, "the hub does not answer: %s", err)
	}
	var no mailAnswer
	if err := json.Unmarshal(m.Data, &no); err == nil && !no.Error.IsEmpty() {
		return nil, model.Refuse(model.Invalid, "%s", no.Error)
	}
	return m.Data, nil
}

// mailSubject is where a tool sends alerts of a source; "": the alerts say it.
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

// IsTool says whether a file is the invitation of a tool.
func IsTool(creds string) bool {
	raw, err := os.ReadFile(creds)
	if err != nil || !hub.IsInvitation(raw) {
		return false
	}
	l, err := hub.ReadInvitation(creds, raw)
	return err == nil && l.Right == hub.Intake
}

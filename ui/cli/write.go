package cli

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"

	"warroom/model"
	"warroom/model/backend"
	"warroom/model/secretscan"
	"warroom/ui/present"
)

// insistFlag is the flag that sends a text unmasked.
var insistFlag = model.Lit("--insist")

// guarded returns a text with its secrets masked. It reports what was masked, and that
// insist sends it unmasked.
func (a *app) guarded(r *model.Room, text string, insist model.Safe) string {
	a.guardedAll(r, insist, &text)
	return text
}

// guardedAll masks secrets in several texts of one act, and reports each kind once.
func (a *app) guardedAll(r *model.Room, insist model.Safe, texts ...*string) {
	var kinds []string
	for _, t := range texts {
		var found []string
		*t, found = secretscan.Replace(r, *t)
		for _, kind := range found {
			if !slices.Contains(kinds, kind) {
				kinds = append(kinds, kind)
			}
		}
	}
	if len(kinds) > 0 {
		a.printErr(secretReplaced(kinds, insist))
	}
}

// secretReplaced returns the message about masked secrets.
func secretReplaced(kinds []string, insist model.Safe) model.Safe {
	return model.Safef("%s; %s sends it unchanged", present.SecretSent(kinds), insist)
}

// hidden removes secrets from texts that belong to no room, and reports it. Without a
// room there are no fingerprints.
func (a *app) hidden(texts ...*string) {
	var replaced []model.Safe
	for _, t := range texts {
		prev := *t
		if *t = secretscan.Hide(prev); *t != prev {
			replaced = append(replaced, model.CleanLine(*t))
		}
	}
	if len(replaced) > 0 {
		a.printErr(model.Safef("what looks like a secret was replaced by a fingerprint: %s; --insist sends it "+
			"unchanged",
			model.JoinSafe(model.Lit("; "), replaced...)))
	}
}

// reportSimilar prints the open rooms that an alert may belong to, before a room is
// declared for it.
func reportSimilar(ctx context.Context, a *app, h backend.Hub, lobby *model.Room, line string) {
	rest, ok := strings.CutPrefix(line, ":declare ")
	if !ok || !lobby.Lobby {
		return
	}
	n, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	number, err := strconv.Atoi(n)
	al := lobby.AlertN(number)
	if err != nil || al == nil {
		return // the line is refused with a reason
	}
	rooms, _, err := h.Recent(ctx, 0) // closed ones are not compared
	if err != nil {
		return
	}
	if s := model.SimilarLine(al, model.SimilarRooms(&al.Alert, rooms)); !s.IsEmpty() {
		a.printErr(s)
	}
}

// act runs a line of the composer, and prints its consequences once it is stored. done,
// which may be nil, is called for each stored entry.
func (a *app) act(ctx context.Context, s model.RoomSession, line string, done func(model.Receipt) error) error {
	v := s.Latest()
	lines, err := model.Bulk(v.Room, line)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if err := a.act(ctx, s, l, done); err != nil {
			return err
		}
	}
	if lines != nil {
		return nil
	}
	c := model.Ctx{Room: v.Room, Who: s.Who(), Now: a.hubNow(v), Zone: a.zone(), JoinRequests: v.JoinRequests,
		Plan: a.plan, Rooms: a.rooms, Receivers: receiversOf(a)}
	act, err := model.Parse(line, c)
	if err != nil {
		return err
	}
	a.mention(act.ReadAs())
	a.mention(model.StaysText(line, act))
	a.mention(v.Room.Warning(s.Who(), act))
	effects := effectsOf(c, act)
	r, err := a.store(ctx, s, act)
	if err != nil {
		return err
	}
	for _, e := range effects {
		a.mention(e)
	}
	if b, ok := act.Body.(*model.EntryRedacted); ok {
		a.printErr(model.Safef("entry %d is redacted: its text is gone from the hub's log and from this machine's "+
			"copies",
			b.Seq))
		for i := range v.Room.Evidence {
			if p := &v.Room.Evidence[i]; p.Report && !p.Withheld {
				a.printErr(model.Safef("E%d, the report of the closed room, was made before that: it is withheld, "+
					"and the hub deletes its bytes and stores a new report", p.N))
			}
		}
	}
	if done == nil {
		return nil
	}
	return done(r)
}

// effectsOf describes what an act does besides its entry. They are printed once the entry is
// stored.
func effectsOf(c model.Ctx, act model.Act) []model.Safe {
	var out []model.Safe
	for _, change := range c.Room.Preview(c.Who, act, c.Now) {
		out = append(out, change.Text)
	}
	if model.Decide(c.Room, c.Who, act, c.Now) == nil { // refuses a key that the room does not know yet
		out = append(out, c.Impact(act))
	}
	return out
}

// printNumber prints the number of a stored entry.
func (a *app) printNumber(s model.RoomSession, r model.Receipt) error {
	return a.printResult(model.Safef("%d", r.Seq), model.Safef("entry %d of %s is stored", r.Seq, s.Latest().Short))
}

// mention prints a message, unless it is empty.
func (a *app) mention(s model.Safe) {
	if !s.IsEmpty() {
		a.printErr(s)
	}
}

// maxInput is the maximum number of bytes that are read from stdin.
const maxInput = 2 << 20

// text joins words to a text, or reads stdin for "-". Bytes that are not UTF-8 are
// replaced by their number, such as <9B>, and reported.
func (a *app) text(words []string) (string, error) {
	s := strings.Join(words, " ")
	if s == "-" {
		b, err := io.ReadAll(io.LimitReader(a.Stdin, maxInput+1))
		if err != nil {
			return "", model.Refuse(model.Invalid, "stdin cannot be read: %s", err)
		}
		s = strings.TrimRight(string(b), "\r\n")
	}
	if len(s) > model.MaxText {
		if len(s) > maxInput {
			return "", model.Refuse(model.Invalid,
				"the text has more than %d bytes; put it in a file and note where that is", maxInput)
		}
		return "", model.TooLong("text", s)
	}
	s, n := model.ValidText(s)
	if n > 0 {
		a.printErr(notUTF8(n))
	}
	if strings.TrimSpace(s) == "" {
		return "", usage(model.Lit("there is no text; give one"))
	}
	return s, nil
}

// notUTF8 returns the message about n bytes that are not UTF-8.
func notUTF8(n int) model.Safe {
	if n == 1 {
		return model.Lit("a byte that is not UTF-8 was written as its number, like <9B>")
	}
	return model.Safef("%d bytes that are not UTF-8 were written as their numbers, like <9B>", n)
}

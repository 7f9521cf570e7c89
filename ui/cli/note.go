package cli

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/guard"
)

// noteCmd writes a note: its text is taken literally.
func (a *app) noteCmd() *cobra.Command {
	var insist bool
	return a.guarding(&insist, &cobra.Command{
		Use:   "note ROOM TEXT... | -",
		Short: "Write a note; - reads it from stdin",
		Long: "Write a note. Its text is taken as it is: only do and the screen read commands.\n" +
			"What looks like a secret goes out as a fingerprint, unless you --insist.",
		Args: atLeast(2, "note ROOM TEXT, or note ROOM - to read it from stdin"),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := a.text(args[1:])
			if err != nil {
				return err
			}
			return a.withSeat(cmd.Context(), args[0], func(ctx context.Context, s model.Seat) error {
				if !insist {
					text = a.guarded(s.Latest().Room, text, insistFlag)
				}
				_, err := a.store(ctx, s, model.Act{Body: model.NewEntry(model.KindEntryNoted, text)})
				return err
			})
		},
	})
}

// literal takes everything after the room as text, also what looks like a flag.
func literal(c *cobra.Command) *cobra.Command {
	c.Flags().SetInterspersed(false)
	return c
}

// guarding is literal for a command that takes text into a room: secrets in it
// are replaced unless the person insists.
func (a *app) guarding(insist *bool, c *cobra.Command) *cobra.Command {
	c.Flags().BoolVar(insist, "insist", false, "send the text as it is, also what looks like a secret")
	return literal(c)
}

// insistFlag is the way round the guard of secrets.
var insistFlag = model.Lit("--insist before the room")

// guarded is a text as it goes out, and tells what was replaced in it and which
// way leads round that.
func (a *app) guarded(r *model.Room, text string, round model.Safe) string {
	text, hidden := guard.Replace(r, text)
	if len(hidden) > 0 {
		a.tell(model.Safef("what looks like a secret (%s) went out as a fingerprint; %s sends it as it is", strings.Join(hidden, ", "), round))
	}
	return text
}

// hidden replaces secrets in texts that belong to no room yet, or to none, and
// tells what was replaced: there is no fingerprint of them.
func (a *app) hidden(texts ...*string) {
	for _, t := range texts {
		was := *t
		if *t = guard.Hide(was); *t != was {
			a.tell(model.Safef("what looks like a secret was replaced: %s; --insist sends it as it is", *t))
		}
	}
}

// doCmd says a composer line.
func (a *app) doCmd() *cobra.Command {
	var insist bool
	return a.guarding(&insist, &cobra.Command{
		Use:   "do ROOM 'COMPOSER LINE'",
		Short: "Say a line as in the composer: :check 3, !a decision, -12m a note",
		Args:  atLeast(2, "do ROOM ':check 3'"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := late(cmd, args); err != nil {
				return err
			}
			line, err := a.text(args[1:])
			if err != nil {
				return err
			}
			if line == ":help" {
				return a.sayVerbs(args[0] == model.LobbyShort)
			}
			return a.withHub(cmd.Context(), "cli", func(ctx context.Context, h Hub) error {
				return a.inSeat(ctx, h, args[0], func(ctx context.Context, s model.Seat) error {
					v := s.Latest()
					a.tellSimilar(ctx, h, v.Room, line)
					if !insist && !guard.Insists(line) {
						line = a.guarded(v.Room, line, insistFlag)
					}
					return a.act(ctx, s, line)
				})
			})
		},
	})
}

// tellSimilar names the open rooms that an alert may belong to, before a room of its own
// is declared for it.
func (a *app) tellSimilar(ctx context.Context, h Hub, lobby *model.Room, line string) {
	rest, ok := strings.CutPrefix(line, ":declare ")
	if !ok || !lobby.Lobby {
		return
	}
	n, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	number, err := strconv.Atoi(n)
	al := lobby.AlertN(number)
	if err != nil || al == nil {
		return // the line is refused with its reason
	}
	rooms, err := h.List(ctx)
	if err != nil {
		return
	}
	if s := model.SimilarLine(al, model.SimilarRooms(&al.Alert, rooms)); !s.IsEmpty() {
		a.tell(s)
	}
}

// act says a line of the composer, with what will follow from it first.
func (a *app) act(ctx context.Context, s model.Seat, line string) error {
	v := s.Latest()
	lines, err := model.Bulk(v.Room, line)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if err := a.act(ctx, s, l); err != nil {
			return err
		}
	}
	if lines != nil {
		return nil
	}
	act, err := model.Parse(line, model.Ctx{Room: v.Room, Who: s.Who(), Now: a.hubNow(v), Zone: a.zone(), Knocks: v.Knocks, Plan: a.plan})
	if err != nil {
		return err
	}
	for _, c := range v.Room.Preview(s.Who(), act, a.hubNow(v)) {
		a.tell(c.Text)
	}
	a.mention(v.Room.Warning(act))
	b, redacts := act.Body.(*model.EntryRedacted)
	_, takes := act.Body.(*model.RoleAssumed)
	_, resolves := act.Body.(*model.IncidentResolved)
	if (redacts || takes || resolves) && (!v.Room.Knows(s.Who().Key) || model.Decide(v.Room, s.Who(), act, a.hubNow(v)) == nil) {
		a.mention(v.Room.Toll(s.Who(), act, a.hubNow(v)))
	}
	if _, err = a.store(ctx, s, act); err == nil && redacts {
		a.tell(model.Safef("entry %d is redacted: its text is out of the hub's log and of this machine's copies", b.Seq))
	}
	return err
}

// mention tells a sentence, where there is one.
func (a *app) mention(s model.Safe) {
	if !s.IsEmpty() {
		a.tell(s)
	}
}

// late refuses a flag that stands behind the room of do: the line would be a note
// that begins with it, and not the command that somebody meant.
func late(cmd *cobra.Command, args []string) error {
	name, _, _ := strings.Cut(args[1], "=")
	if len(name) < 3 || name[:2] != "--" || cmd.Flag(name[2:]) == nil {
		return nil
	}
	return usage(model.Safef("%s stands behind the room, where the line begins: write it as: warroom do %s ... %s ':check 3', or put -- before a line that begins so", name, name, args[0]))
}

// maxInput is how much is read of stdin before it is called too long.
const maxInput = 2 << 20

// text joins the words of a text, or reads stdin where they are "-". Bytes that
// are no UTF-8 are written as <9B>, and that is told.
func (a *app) text(words []string) (string, error) {
	if len(words) > 1 && words[0] == "--" {
		words = words[1:]
	}
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
			return "", model.Refuse(model.Invalid, "the text has more than %d bytes; keep it in a file and note where it is", maxInput)
		}
		return "", model.TooLong("text", s)
	}
	s, n := model.ValidText(s)
	if n > 0 {
		a.tell(notUTF8(n))
	}
	if strings.TrimSpace(s) == "" {
		return "", usage(model.Lit("there is nothing to say; give a text"))
	}
	return s, nil
}

// notUTF8 says what became of bytes that are no text.
func notUTF8(n int) model.Safe {
	if n == 1 {
		return model.Lit("a byte that is no UTF-8 was written as its number, like <9B>")
	}
	return model.Safef("%d bytes that are no UTF-8 were written as their numbers, like <9B>", n)
}

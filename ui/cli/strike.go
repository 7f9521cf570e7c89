package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"warroom/model"
)

// Striker is a hub from which people can be struck.
type Striker interface {
	// Strike ends a person's keys, login and connections.
	Strike(ctx context.Context, handle, reason string) (model.Strike, error)
	// Lift lets them in again, by another key.
	Lift(ctx context.Context, handle string) (model.Strike, error)
}

// strikeCmd strikes a person from the hub.
func (a *app) strikeCmd() *cobra.Command {
	var lift, insist bool
	c := &cobra.Command{
		Use:     "revoke HANDLE [REASON...]",
		Aliases: []string{"strike"},
		Short:   "End a person's keys, login and connections, as after a stolen laptop",
		Long: "End every key that a person has in a room of this hub, end their connections,\n" +
			"and let them in no more: not by that handle, and not by the keys of SSH that\n" +
			"they came by, under any name. It holds until --lift. It takes the right command.",
		Args: atLeast(1, "revoke HANDLE [REASON]"),
		RunE: func(cmd *cobra.Command, args []string) error {
			handle := strings.ToLower(strings.TrimPrefix(args[0], "@"))
			return a.withHub(cmd.Context(), "cli", func(ctx context.Context, h Hub) error {
				s, ok := h.(Striker)
				if !ok {
					return model.Refuse(model.Internal, "nobody can be struck from this hub")
				}
				if lift {
					done, err := s.Lift(ctx, handle)
					return a.struck(liftedLines(done), done, err)
				}
				reason := strings.Join(args[1:], " ")
				if !insist {
					a.hidden(&reason)
				}
				done, err := s.Strike(ctx, handle, reason)
				return a.struck(struckLines(done), done, err)
			})
		},
	}
	c.Flags().BoolVar(&insist, "insist", false, "keep the reason as it is, also what looks like a secret")
	c.Flags().BoolVar(&lift, "lift", false, "let the person in again, by another key")
	return c
}

// struck says what was not done, and what was.
func (a *app) struck(lines []model.Safe, s model.Strike, err error) error {
	if err != nil {
		return err
	}
	if s.Unknown {
		a.tell(model.Safef("nobody called %s has been in a room here or was invited: look whether the name is right; it is revoked nevertheless, and warroom revoke --lift %s takes that back", s.Handle, s.Handle))
	}
	for _, r := range s.Rooms {
		if !r.Trouble.IsEmpty() {
			err = errSaid
			a.tell(model.Safef("%s: the keys of %s are not struck there: %s", r.Short, s.Handle, r.Trouble))
		}
	}
	for _, l := range lines {
		if err := a.say(l); err != nil {
			return err
		}
	}
	return err
}

// struckHead says in one sentence what came of it.
func struckHead(s model.Strike) model.Safe {
	trouble := slices.ContainsFunc(s.Rooms, func(r model.StruckIn) bool { return !r.Trouble.IsEmpty() })
	done := slices.ContainsFunc(s.Rooms, func(r model.StruckIn) bool { return r.Trouble.IsEmpty() })
	switch {
	case !trouble:
		return model.Safef("%s is struck from this hub", s.Handle)
	case s.Remote && !done:
		return model.Safef("%s is not struck from this hub; only what lets people in from this data directory refuses them from now on", s.Handle)
	case s.Remote:
		return model.Safef("%s is struck from some rooms of this hub, and not from all", s.Handle)
	}
	return model.Safef("%s comes into this hub no more, but is not struck from every room", s.Handle)
}

// struckLines say what became of a person who was struck.
func struckLines(s model.Strike) []model.Safe {
	out := []model.Safe{struckHead(s)}
	for _, r := range s.Rooms {
		if !r.Trouble.IsEmpty() {
			continue
		}
		l := model.Safef("%s: %s struck", r.Short, count(r.Keys, "key", "keys"))
		if len(r.Roles) > 0 {
			l = model.Safef("%s, and is no longer %s", l, strings.Join(r.Roles, ", "))
		}
		out = append(out, l)
	}
	if len(s.Rooms) == 0 {
		out = append(out, model.Safef("no room has a key of theirs"))
	}
	switch {
	case s.Remote:
		out = append(out, model.Lit("the hub is somewhere else: a server that lets people in from this data directory ends their connections within two seconds"),
			model.Lit("not reached: their login on that hub; who runs it has to end it there"))
	case s.Serving:
		out = append(out, model.Safef("%s ended; no new one is let in", count(s.Ended, "connection", "connections")))
	default:
		out = append(out, model.Lit("no server runs here, so there was no connection to end; the next one lets none in"))
	}
	for _, k := range s.SSHKeys {
		out = append(out, model.Safef("the SSH key %s is refused from now on, under any name", k))
	}
	return append(out, model.Lit("not reached: what they have seen or copied already, and whoever can use this account of this machine"))
}

// liftedLines say what became of a person who may come again.
func liftedLines(s model.Strike) []model.Safe {
	out := []model.Safe{model.Safef("%s may come in again, by a new key", s.Handle)}
	for _, k := range s.SSHKeys {
		out = append(out, model.Safef("the SSH key %s stays refused", k))
	}
	for _, r := range s.Rooms {
		out = append(out, model.Safef("%s struck them; there somebody with command lets a new key in: warroom do %s ':right @%s write'", r.Short, r.Short, s.Handle))
	}
	return out
}

// count is a number of things.
func count(n int, one, many string) model.Safe {
	if n == 1 {
		return model.Safef("1 %s", one)
	}
	return model.Safef("%d %s", n, many)
}

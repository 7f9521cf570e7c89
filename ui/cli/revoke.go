package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/backend"
)

// revokeCmd revokes a person from the hub.
func revokeCmd(a *app) *cobra.Command {
	var lift, insist bool
	c := &cobra.Command{
		Use:     "revoke HANDLE [REASON...]",
		Aliases: []string{"strike"},
		Short:   "End a person's keys, login and connections, as after a stolen laptop",
		Long: "Revoke every key that a person has in the rooms of this hub, end their connections, and\nrefuse them " +
			"from now on: their handle, and the SSH keys that they used under any name.\n--lift undoes it. It " +
			`requires the right "command".`,
		Args: atLeast(1, "revoke HANDLE [REASON]"),
		RunE: func(cmd *cobra.Command, args []string) error {
			handle := strings.ToLower(strings.TrimPrefix(args[0], "@"))
			return a.withHub(cmd.Context(), "cli", func(ctx context.Context, h backend.Hub) error {
				if lift {
					done, err := h.Lift(ctx, handle)
					return printRevocation(a, liftedLines(done), done, err)
				}
				reason := strings.Join(args[1:], " ")
				if !insist {
					a.hidden(&reason)
				}
				done, err := h.Revoke(ctx, handle, reason)
				return printRevocation(a, revocationLines(done), done, err)
			})
		},
	}
	c.Flags().BoolVar(&insist, "insist", false, "store the reason unchanged, even if something in it looks like a "+
		"secret")
	c.Flags().BoolVar(&lift, "lift", false, "let the person in again, with a new key")
	return c
}

// printRevocation prints what failed, and then what was done.
func printRevocation(a *app, lines []model.Safe, s model.Revocation, err error) error {
	if err != nil {
		return err
	}
	if s.Unknown {
		a.printErr(model.Safef("nobody called %s has been in a room here or was invited: check the name; the name "+
			"is revoked anyway, and warroom revoke --lift %s undoes that", s.Handle, s.Handle))
	}
	for _, r := range s.Rooms {
		if !r.Problem.IsEmpty() {
			err = errReported
			a.printErr(model.Safef("%s: the keys of %s are not revoked there: %s", r.Short, s.Handle, r.Problem))
		}
	}
	for _, l := range lines {
		if err := a.print(l); err != nil {
			return err
		}
	}
	return err
}

// revocationHead summarizes the result in one sentence.
func revocationHead(s model.Revocation) model.Safe {
	failed := slices.ContainsFunc(s.Rooms, func(r model.RoomRevocation) bool { return !r.Problem.IsEmpty() })
	switch {
	case s.Remote && len(s.Rooms) == 0:
		return model.Safef("%s is revoked only on servers with this data directory", s.Handle)
	case s.Remote && !failed:
		return model.Safef("%s is revoked in the rooms of this hub", s.Handle)
	case !failed:
		return model.Safef("%s is revoked on this hub", s.Handle)
	case s.Remote:
		return model.Safef("%s is revoked in some rooms of this hub, not in all", s.Handle)
	}
	return model.Safef("%s can no longer log in to this hub, but is not revoked in every room", s.Handle)
}

// revocationLines describes the result of a revocation.
func revocationLines(s model.Revocation) []model.Safe {
	out := []model.Safe{revocationHead(s)}
	for _, r := range s.Rooms {
		if !r.Problem.IsEmpty() {
			continue
		}
		l := model.Safef("%s: %s revoked", r.Short, count(r.Keys, "key", "keys"))
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
		out = append(out,
			model.Lit("the hub is on another machine; a server with this data directory ends their connections "+
				"within two seconds"),
			model.Lit("not covered: their login on that hub; its administrator has to end it there"))
	case s.Serving:
		out = append(out, model.Safef("%s ended; new ones are refused", count(s.Ended, "connection", "connections")))
	default:
		out = append(out,
			model.Lit("no server is running here, so there was no connection to end; the next server refuses them"))
	}
	by := model.Safe{}
	if s.Remote {
		by = model.Lit(" by servers with this data directory")
	}
	for _, k := range s.SSHKeys {
		out = append(out, model.Safef("the SSH key %s is refused%s from now on, under any name", k, by))
	}
	return append(out,
		model.Lit(
			"not covered: what they have already seen or copied, and anyone who can use this account on this machine"))
}

// liftedLines describes the result of lifting a revocation.
func liftedLines(s model.Revocation) []model.Safe {
	out := []model.Safe{model.Safef("%s may join again, with a new key", s.Handle)}
	if s.Remote {
		out[0] = model.Safef("servers with this data directory let %s join again, with a new key", s.Handle)
	}
	for _, k := range s.SSHKeys {
		out = append(out, model.Safef("the SSH key %s stays refused", k))
	}
	for _, r := range s.Rooms {
		out = append(out,
			model.Safef(`they are revoked in %s; somebody with the right "command" can admit a new key: warroom do `+
				"%s ':right @%s write'", r.Short, r.Short, s.Handle))
	}
	return out
}

// count formats a count with a noun.
func count(n int, one, many string) model.Safe {
	if n == 1 {
		return model.Safef("1 %s", one)
	}
	return model.Safef("%d %s", n, many)
}

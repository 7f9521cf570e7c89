package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/backend"
)

// rightIntake is the right of a tool that sends alerts. It does not exist in rooms.
const rightIntake model.Right = "intake"

// inviteCmd prints the invitation file for a person or tool.
func inviteCmd(a *app) *cobra.Command {
	var v backend.Invitation
	var right, until string
	c := &cobra.Command{
		Use:   "invite HANDLE --right watch|write|command",
		Short: "Print an invitation file that lets a person join over the network",
		Long: "Create a login for this hub, which has to be open to others (warroom serve --nats ADDR),\n" +
			"and print it as a file: the hub's address, the fingerprints of its TLS certificate and\n" +
			"key, and a secret. The person joins with warroom --creds FILE. A new invitation replaces\n" +
			"the earlier one of the handle; warroom revoke HANDLE ends it. The hub may be running.\n" +
			"With --right intake the login is for a tool: it sends alerts with\n" +
			"warroom ingest --creds FILE and sees nothing.",
		Args: exactly(1, "invite HANDLE --right watch|write|command"),
		RunE: func(cmd *cobra.Command, args []string) error {
			v.Handle, v.Right = args[0], model.Right(right)
			if err := checkInvitation(a, &v, until); err != nil {
				return err
			}
			text, err := a.Invite(cmd.Context(), a.cfg.Data, v)
			if err != nil {
				return err
			}
			makePrivate(a)
			if _, err := fmt.Fprint(a.Stdout, text); err != nil {
				return err
			}
			a.printErr(model.Safef(`whoever has this file can act as %s, with the right "%s": send it over a `+
				"channel that nobody else reads; warroom revoke %s ends it", v.Handle, right, v.Handle))
			reportMissing(cmd.Context(), a, v.Rooms)
			return nil
		},
	}
	f := c.Flags()
	choiceFlag(f, &right, "right", "",
		"what they may do: watch, write or command; or intake for a tool, which sends alerts and sees nothing",
		string(model.Watch), string(model.Write), string(model.Command), string(rightIntake))
	f.StringSliceVar(&v.Rooms, "rooms", nil, "let them see only these `ROOMS`, such as inc-1,inc-2")
	f.StringVar(&v.Name, "name", "", "their `NAME`, shown in the rooms")
	f.StringVar(&v.Job, "job", "", "their `JOB`, shown in the rooms")
	f.StringVar(&until, "until", "", "`TIME` at which it ends: 48h, 7d, 2026-12-24 or 2026-12-24T18:00:00Z")
	f.StringSliceVar(&v.At, "at", nil,
		"`HOST:PORT` at which they reach the hub, if it is not the one that the hub listens on")
	return c
}

// reportMissing prints the rooms of an invitation that do not exist: they may be declared
// later, or misspelled.
func reportMissing(ctx context.Context, a *app, rooms []string) {
	if len(rooms) == 0 {
		return
	}
	var there []model.RoomInfo
	err := a.withHub(ctx, "cli", func(ctx context.Context, h backend.Hub) (err error) {
		there, err = h.List(ctx)
		return err
	})
	if err != nil {
		a.printErr(model.Safef("the rooms in --rooms could not be looked up: %s",
			model.Sentence(err)))
		return
	}
	for _, short := range rooms {
		if !slices.ContainsFunc(there, func(i model.RoomInfo) bool { return i.Short == short }) {
			a.printErr(model.Safef("there is no room %s yet: check the name; the invitation covers the room once "+
				"it is declared", short))
		}
	}
}

// makePrivate removes the permissions of others from the file that stdout is redirected
// to, before a secret is written to it.
func makePrivate(a *app) {
	f, ok := a.Stdout.(*os.File)
	if !ok {
		return
	}
	if fi, err := f.Stat(); err == nil && fi.Mode().IsRegular() && fi.Mode().Perm()&0o077 != 0 {
		_ = f.Chmod(0o600) // if it fails, the program that uses the file reports it
	}
}

// checkInvitation validates an invitation.
func checkInvitation(a *app, v *backend.Invitation, until string) (err error) {
	switch {
	case a.cfg.Server != "" || a.cfg.Creds != "":
		return usage(model.Lit("invite creates logins only for this machine's own hub; for another server ask its " +
			"administrator, see docs/cluster.md"))
	case model.IsSelf(v.Handle):
		return usage(model.Safef("@%s means whoever types it; choose another handle", v.Handle))
	case !model.ValidHandle(v.Handle) || v.Handle == "hub":
		return usage(model.Safef("%s is not a handle for a person; a handle is 1 to 32 characters from a-z 0-9 _ -",
			v.Handle))
	case v.Right == rightIntake && len(v.Rooms) > 0:
		return usage(
			model.Lit("a tool with --right intake sees no room, and its alerts go to the lobby; leave out --rooms"))
	case v.Right != rightIntake && !v.Right.Valid():
		return usage(model.Lit("give what they may do: --right watch, write or command, or --right intake for a " +
			"tool that sends alerts"))
	case v.Right == model.Command && len(v.Rooms) > 0:
		return usage(model.Lit("--right command covers all rooms; leave out --rooms, or give --right write"))
	case len([]rune(v.Name)) > 64 || len([]rune(v.Job)) > 64:
		return usage(model.Lit("--name and --job may have up to 64 characters"))
	}
	if i := slices.IndexFunc(v.Rooms,
		func(s string) bool { return strings.ContainsAny(s, "*> .") || s == "" }); i >= 0 {
		return usage(model.Safef("--rooms: %q is not a room; write it as inc-1,inc-2", v.Rooms[i]))
	}
	v.Until, err = untilTime(until, a.Clock.Now(), a.zone())
	return err
}

// untilTime parses a time in the future.
func untilTime(s string, now time.Time, zone *time.Location) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		at, err = time.ParseInLocation(time.DateOnly, s, zone)
	}
	if err != nil {
		short := s
		var days int
		if n, _ := fmt.Sscanf(s, "%dd", &days); n == 1 && fmt.Sprintf("%dd", days) == s && days < 10000 {
			short = fmt.Sprintf("%dh", 24*days)
		}
		var d time.Duration
		if d, err = time.ParseDuration(short); err == nil {
			at = now.Add(d)
		}
	}
	if err != nil {
		return at, usage(model.Safef("--until: %s is not a time; write it as 48h, 7d, 2026-12-24 or "+
			"2026-12-24T18:00:00Z",
			s))
	}
	if !at.After(now) {
		return at, usage(model.Safef("--until: %s is in the past", s))
	}
	return at.UTC().Truncate(time.Second), nil
}

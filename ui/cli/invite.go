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
)

// Invitation says whom to invite to the hub of a data directory.
type Invitation struct {
	Handle    string
	Right     model.Right
	Rooms     []string
	Name, Job string
	Until     time.Time
	At        []string
}

// rightIntake is the right of a tool that sends alerts. No room knows it.
const rightIntake model.Right = "intake"

// inviteCmd prints the one file that somebody needs to come in over the network.
func (a *app) inviteCmd() *cobra.Command {
	var v Invitation
	var right, until string
	c := &cobra.Command{
		Use:   "invite HANDLE --right watch|write|command",
		Short: "Print the one file by which somebody comes in over the network",
		Long: "Give somebody a login of this hub, which warroom serve --nats ADDR has opened to\n" +
			"others, and print the file that proves it: where the hub is, how its TLS and its\n" +
			"key are known again, and a secret. They come in with warroom --creds FILE. A new\n" +
			"invitation takes the place of the one that the handle had; warroom revoke HANDLE\n" +
			"ends it. The hub may be running meanwhile. With --right intake it is a tool's: it\n" +
			"sends alerts with warroom ingest --creds FILE, and sees nothing.",
		Args: exactly(1, "invite HANDLE --right watch|write|command"),
		RunE: func(cmd *cobra.Command, args []string) error {
			v.Handle, v.Right = args[0], model.Right(right)
			if err := a.checkInvitation(&v, until); err != nil {
				return err
			}
			text, err := a.Invite(cmd.Context(), a.cfg.Data, v)
			if err != nil {
				return err
			}
			a.keepPrivate()
			if _, err := fmt.Fprint(a.Stdout, text); err != nil {
				return err
			}
			a.tell(model.Safef("whoever has this file is %s, with the right %s: give it to them by a way that nobody else reads; warroom revoke %s ends it", v.Handle, right, v.Handle))
			a.tellMissing(cmd.Context(), v.Rooms)
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&right, "right", "", "what they may do: watch, write or command; intake: a tool, which sends alerts and sees nothing")
	f.StringSliceVar(&v.Rooms, "rooms", nil, "let them see these `ROOMS` alone, as inc-1,inc-2")
	f.StringVar(&v.Name, "name", "", "their `NAME`, shown in the rooms")
	f.StringVar(&v.Job, "job", "", "their `JOB`, shown in the rooms")
	f.StringVar(&until, "until", "", "`TIME` at which it ends, as 48h, 7d, 2026-12-24 or 2026-12-24T18:00:00Z")
	f.StringSliceVar(&v.At, "at", nil, "the hub's address for them, as `HOST:PORT`, where it is another than it listens to")
	return c
}

// tellMissing says which rooms of an invitation are not there: one that is to be
// declared may be meant, or the name is wrong.
func (a *app) tellMissing(ctx context.Context, rooms []string) {
	if len(rooms) == 0 {
		return
	}
	var there []model.RoomInfo
	err := a.withHub(ctx, "cli", func(ctx context.Context, h Hub) (err error) {
		there, err = h.List(ctx)
		return err
	})
	if err != nil {
		a.tell(model.Safef("whether the rooms of --rooms are there could not be looked up: %s", model.Sentence(err)))
		return
	}
	for _, short := range rooms {
		if !slices.ContainsFunc(there, func(i model.RoomInfo) bool { return i.Short == short }) {
			a.tell(model.Safef("there is no room %s yet: look whether the name is right; the invitation is good for it once it is declared", short))
		}
	}
}

// keepPrivate keeps others from reading the file that stdout goes to, before a
// secret is written there.
func (a *app) keepPrivate() {
	f, ok := a.Stdout.(*os.File)
	if !ok {
		return
	}
	if fi, err := f.Stat(); err == nil && fi.Mode().IsRegular() && fi.Mode().Perm()&0o077 != 0 {
		_ = f.Chmod(0o600) // where it cannot be, whoever uses it is told
	}
}

// checkInvitation refuses what cannot be meant.
func (a *app) checkInvitation(v *Invitation, until string) (err error) {
	switch {
	case a.cfg.Server != "" || a.cfg.Creds != "":
		return usage(model.Lit("invite gives logins of this machine's own hub; those of another server are made by who runs it, see docs/cluster.md"))
	case !model.ValidHandle(v.Handle) || v.Handle == "hub":
		return usage(model.Safef("%s is no handle for a person; handles are 1 to 32 of a-z 0-9 _ -", v.Handle))
	case v.Right == rightIntake && len(v.Rooms) > 0:
		return usage(model.Lit("--right intake sees no room: what the tool sends waits in the lobby; leave --rooms out"))
	case v.Right != rightIntake && !v.Right.Valid():
		return usage(model.Lit("say what they may do: --right watch, --right write or --right command; --right intake for a tool that sends alerts"))
	case v.Right == model.Command && len(v.Rooms) > 0:
		return usage(model.Lit("--right command is for all rooms; leave --rooms out, or give --right write"))
	case len([]rune(v.Name)) > 64 || len([]rune(v.Job)) > 64:
		return usage(model.Lit("--name and --job have 64 letters at most"))
	}
	if i := slices.IndexFunc(v.Rooms, func(s string) bool { return strings.ContainsAny(s, "*> .") || s == "" }); i >= 0 {
		return usage(model.Safef("--rooms: %q is no room; write it as inc-1,inc-2", v.Rooms[i]))
	}
	v.Until, err = untilTime(until, a.Clock.Now(), a.zone())
	return err
}

// untilTime reads a time that is still to come.
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
		return at, usage(model.Safef("--until: %s is no time; write it as 48h, 7d, 2026-12-24 or 2026-12-24T18:00:00Z", s))
	}
	if !at.After(now) {
		return at, usage(model.Safef("--until: %s is over already", s))
	}
	return at.UTC().Truncate(time.Second), nil
}

package cli

import (
	"bytes"
	"context"
	"io"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/report"
)

// reportCmd writes the draft of a room's review.
func (a *app) reportCmd() *cobra.Command {
	var format, profile, paper string
	var blameless bool
	c := &cobra.Command{
		Use:   "report ROOM",
		Short: "Write the draft of the review: timeline, numbers, roles, evidence, controls",
		Long: "Write the draft of a room's review on stdout, from its log alone. The parts that\n" +
			"people write come from :review in the room; what is not written yet is said to be\n" +
			"missing. It works while the incident is open, and says so.",
		Args: exactly(1, "report ROOM"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "md" && format != "json" && format != "html" {
				return usage(model.Safef("--format is md, json or html, not %s", format))
			}
			if paper != report.A4 && paper != report.Letter {
				return usage(model.Safef("--paper is a4 or letter, not %s", paper))
			}
			p, err := profileOf(profile)
			if err != nil {
				return err
			}
			of := *p
			if cmd.Flags().Changed("blameless") {
				of.Blameless = blameless
			}
			return a.withHub(cmd.Context(), "cli", func(ctx context.Context, h Hub) error {
				if !p.IsWhole() {
					a.handsOut(ctx, h, args[0], &model.ExportMade{What: "report", Profile: p.Name, Form: format})
				}
				d, err := a.reportOf(ctx, h, args[0], &of, paper)
				if err != nil {
					return err
				}
				if format == "json" {
					return a.sayJSON(d)
				}
				body := d.Markdown()
				if format == "html" {
					if body, err = d.HTML(); err != nil {
						return err
					}
				}
				_, err = io.Copy(a.Stdout, bytes.NewReader(body))
				return err
			})
		},
	}
	c.Flags().StringVar(&format, "format", "md", "`FORM`: md, json or html")
	c.Flags().StringVar(&profile, "profile", model.Profiles[0].Name, profileHelp())
	c.Flags().BoolVar(&blameless, "blameless", false, "roles stand for people; the profiles leadership, regulator, customer and public do so, --blameless=false names people")
	c.Flags().StringVar(&paper, "paper", report.A4, "`SIZE` of the pages when the HTML is printed: a4 or letter")
	return c
}

// reportOf reads a room's log to its end and makes the report of it.
func (a *app) reportOf(ctx context.Context, h Hub, short string, p *model.Profile, paper string) (report.Report, error) {
	s, err := seatIn(ctx, h, short)
	if err != nil {
		return report.Report{}, err
	}
	defer s.Close()
	v := s.Latest()
	if v.Room.Lobby {
		return report.Report{}, model.Refuse(model.Invalid, "the lobby is no incident and has no review; warroom status lobby says how it stands")
	}
	if v.Link.State == model.Offline {
		a.tell(model.Safef("the hub does not answer (%s); this is made from the copy on this machine, up to entry %d", v.Link.Trouble, v.Room.Seq))
	}
	var log []*model.Event
	if err := h.Events(ctx, short, 1, func(e *model.Event) error {
		log = append(log, e)
		return nil
	}); err != nil {
		return report.Report{}, err
	}
	d := report.Of(log, report.Reader{Short: short, Now: a.hubNow(v), Zone: a.zone(), Alarm: v.Proof.Alarm, Paper: paper})
	return d.For(p, log), nil
}

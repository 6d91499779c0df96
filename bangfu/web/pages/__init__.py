"""The pages: each view begins by asking who may be here (`desk_for`), and hands plain values to a template."""

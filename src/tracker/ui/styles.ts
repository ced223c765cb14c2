/** The look of all that Beckon paints in a visitor's page; a site adapts it by the `--beckon-…` custom properties. */
export const sharedStyles = `:host{all:initial;--a:var(--beckon-accent,#0b62d6);--at:var(--beckon-accent-text,#fff);--s:var(--beckon-surface,#fff);--t:var(--beckon-text,#1b2330);--m:var(--beckon-muted,#566072);--l:var(--beckon-line,#d9dee7);--r:var(--beckon-radius,12px);--x:var(--beckon-offset-x,20px);--y:var(--beckon-offset-y,20px);font:15px/1.45 var(--beckon-font,system-ui,sans-serif)}
@media(prefers-color-scheme:dark){:host{--a:var(--beckon-accent,#7fb2ff);--at:var(--beckon-accent-text,#0b1524);--s:var(--beckon-surface,#1b212b);--t:var(--beckon-text,#e8ecf2);--m:var(--beckon-muted,#a4afbf);--l:var(--beckon-line,#3a4454)}}
*{box-sizing:border-box;margin:0}
[hidden]{display:none!important}
.gpe-dialog{position:fixed;z-index:2147483000;right:var(--x);bottom:var(--y);color:var(--t);background:var(--s);border:1px solid var(--l);border-radius:var(--r);box-shadow:0 12px 40px #0a142838;overflow:hidden;outline:0;animation:rise .18s ease-out}
.gpe-dialog:focus-visible,.gpe-button:focus-visible{outline:2px solid var(--a);outline-offset:2px}
.gpe-button{font:inherit;font-weight:600;color:var(--t);background:0 0;min-height:40px;padding:8px 16px;border:1px solid var(--l);border-radius:calc(var(--r)*.67);cursor:pointer}
.gpe-button:hover{border-color:currentColor}
.gpe-button:disabled{opacity:.6;cursor:default}
.main{color:var(--at);background:var(--a);border-color:var(--a)}
.sr{position:fixed;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
@keyframes rise{from{opacity:0;transform:translateY(12px)}}
@media(max-width:480px){.gpe-dialog{right:0;bottom:0;left:0;width:auto;border-width:1px 0 0;border-radius:var(--r) var(--r) 0 0}}
@media(prefers-reduced-motion:reduce){*{animation:none!important;transition:none!important}}`;

export const invitationStyles = `.invite{width:360px}
.invite>div,.invite>p{padding:0 20px}
.invite .gpe-dialog-titlebar{padding-top:18px}
h2{font-size:17px;line-height:1.3;overflow-wrap:anywhere}
.invite>p{margin:6px 0 16px;color:var(--m);max-height:40vh;overflow:auto;overflow-wrap:anywhere;white-space:pre-line}
.gpe-dialog-buttonset{display:flex;flex-wrap:wrap;gap:8px}
.invite .gpe-button{flex:1 1 auto}
.invite .left{padding-top:10px;padding-bottom:12px;font-size:12px;color:var(--m);text-align:center;font-variant-numeric:tabular-nums}
.bar{height:3px;background:var(--a);opacity:.55;transform-origin:0 0}
@media(max-width:480px){.invite>div:last-of-type{padding-bottom:max(12px,env(safe-area-inset-bottom))}}`;

/**
 * The look of all that Beckon paints in a visitor's page; a site adapts it by the `--beckon-…` custom
 * properties.
 */
export const sharedStyles = `:host{all:initial;--a:var(--beckon-accent,#0b62d6);
--at:var(--beckon-accent-text,#fff);--s:var(--beckon-surface,#fff);--t:var(--beckon-text,#1b2330);
--m:var(--beckon-muted,#566072);--l:var(--beckon-line,#d9dee7);--r:var(--beckon-radius,12px);
--x:var(--beckon-offset-x,20px);--y:var(--beckon-offset-y,20px);
font:15px/1.45 var(--beckon-font,system-ui,sans-serif)}
@media(prefers-color-scheme:dark){:host{--a:var(--beckon-accent,#7fb2ff);
--at:var(--beckon-accent-text,#0b1524);--s:var(--beckon-surface,#1b212b);--t:var(--beckon-text,#e8ecf2);
--m:var(--beckon-muted,#a4afbf);--l:var(--beckon-line,#3a4454)}}
*{box-sizing:border-box;margin:0}
[hidden]{display:none!important}
.gpe-dialog{position:fixed;z-index:2147483000;right:var(--x);bottom:var(--y);width:360px;color:var(--t);
background:var(--s);border:1px solid var(--l);border-radius:var(--r);box-shadow:0 12px 40px #0003;
overflow:hidden;outline:0;animation:rise .18s}
.gpe-button{font:inherit;font-weight:600;color:var(--t);background:0 0;padding:9px 16px;
border:1px solid var(--l);border-radius:calc(var(--r)*.67);cursor:pointer}
.gpe-button:hover{border-color:var(--m)}
.main{color:var(--at);background:var(--a)}
@keyframes rise{from{opacity:0;transform:translateY(12px)}}
@media(max-width:480px){.gpe-dialog{right:0;bottom:0;width:100%;border-radius:var(--r) var(--r) 0 0}}
@media(prefers-reduced-motion:reduce){*{animation:none!important}}`;

export const invitationStyles = `.invite{padding:18px 20px 12px}
h2{font-size:17px;overflow-wrap:anywhere}
.invite>p{margin:6px 0 16px;color:var(--m);max-height:40vh;overflow:auto;overflow-wrap:anywhere;
white-space:pre-line}
.gpe-dialog-buttonset{display:flex;flex-wrap:wrap;gap:8px}
.invite .gpe-button{flex:auto}
.left{margin-top:10px;font-size:12px;color:var(--m);text-align:center}
.bar{position:absolute;bottom:0;left:0;width:100%;height:3px;background:var(--a);transform-origin:0 0}
.sr{position:fixed;clip-path:inset(50%)}`;

/** The look of the recorder: a panel beside the page, a sheet on a phone. Colours keep a contrast of 4.5. */
export const recorderStyles = `
:host{all:initial}
*{box-sizing:border-box}
.panel{position:fixed;right:16px;bottom:16px;width:380px;max-height:min(720px,calc(100dvh - 32px));
display:flex;
flex-direction:column;background:#fff;color:#1b2330;border:1px solid #c3cad6;border-radius:10px;
box-shadow:0 12px 40px rgb(16 24 40/.28);font:14px/1.45 system-ui,sans-serif;z-index:2147483647;
color-scheme:light}
.panel.left{right:auto;left:16px}
.head{display:flex;align-items:center;gap:8px;padding:10px 12px;border-bottom:1px solid #d9dee7}
h2{font-size:15px;line-height:1.3;margin:0;flex:1}
h3{font-size:13px;margin:14px 0 6px}
.body{overflow:auto;padding:4px 12px 12px;overscroll-behavior:contain}
.foot{display:flex;flex-wrap:wrap;gap:8px;padding:10px 12px;border-top:1px solid #d9dee7}
p{margin:8px 0}
label{display:block;margin:10px 0 3px;font-weight:600;font-size:13px}
input,select{width:100%;min-height:34px;padding:5px 8px;border:1px solid #8a94a6;border-radius:6px;
background:#fff;
color:inherit;font:inherit}
input[type=checkbox]{width:18px;height:18px;min-height:0;flex:none;margin:0;accent-color:#0a5fb4}
.mono{font-family:ui-monospace,SFMono-Regular,Menlo,monospace;font-size:12.5px}
button{min-height:34px;padding:5px 12px;border:1px solid #8a94a6;border-radius:6px;background:#fff;
color:inherit;
font:inherit;cursor:pointer}
button.main{background:#0a5fb4;border-color:#0a5fb4;color:#fff}
button.plain{border-color:transparent;background:none;padding:5px 8px}
button:disabled{opacity:.55;cursor:default}
:is(button,input,select):focus-visible{outline:3px solid #0a5fb4;outline-offset:1px}
.check{display:flex;gap:8px;align-items:center;font-weight:400;margin:10px 0}
.value{display:grid;grid-template-columns:1fr auto;gap:4px 6px;padding:8px 0;border-bottom:1px solid #e6e9ef}
.value .mono{grid-column:1/-1}
.now{grid-column:1/-1;color:#566072;font-size:12.5px;overflow-wrap:anywhere}
.chips{display:flex;flex-wrap:wrap;gap:6px;margin:6px 0}
.chips button{min-height:30px;padding:2px 10px;border-radius:15px;max-width:100%;overflow:hidden;
text-overflow:ellipsis;white-space:nowrap}
.hint{color:#566072;font-size:12.5px;margin:3px 0}
.problem{color:#a31621;margin:3px 0;font-size:13px;overflow-wrap:anywhere}
.try{margin-top:12px;padding:8px 10px;border-radius:6px;background:#eef3fa}
.try.fired{background:#e3f4e8}
pre{margin:6px 0 0;white-space:pre-wrap;overflow-wrap:anywhere;font:12.5px/1.4 ui-monospace,Menlo,monospace}
ul{list-style:none;margin:0;padding:0}
li{display:flex;align-items:center;gap:6px;padding:6px 0;border-bottom:1px solid #e6e9ef}
li span{flex:1;overflow-wrap:anywhere}
.frame{position:fixed;top:0;left:0;pointer-events:none;border:2px solid #0a5fb4;background:rgb(10 95 180/.14);
border-radius:3px;z-index:2147483646}
.frame-label{position:absolute;bottom:100%;left:-2px;max-width:80vw;padding:1px 6px;background:#0a5fb4;
color:#fff;
font:12px/1.5 ui-monospace,Menlo,monospace;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.frame-label.below{bottom:auto;top:100%}
[hidden]{display:none!important}
@media(max-width:600px){
.panel,.panel.left{left:0;right:0;bottom:0;width:auto;max-height:62dvh;border-radius:12px 12px 0 0}
button,input,select{min-height:44px;font-size:16px}
.chips button{min-height:36px;font-size:14px}
input[type=checkbox]{width:22px;height:22px;min-height:0}
#side{display:none}
}`;

{# USES_VARIABLES { N, N_pre, N_post } #}
{% extends 'common_group.cu' %}
{% block kernels %}
{% import 'cuda_kernel.cu' as kernel with context %}
{% set T = c_data_type(_into.dtype) %}
{% for side, plain in (('pre', _plain_pre), ('post', _plain_post)) if not plain %}
{{kernel.signal_kernel(side, scalar_code[side], vector_code[side], '_signal_' ~ side, T)}}
{% endfor %}
{{kernel.correlate_kernel('', '', '_source_pre[_pre_idx] * _source_post[_post_idx]',
                          'const ' ~ T ~ '* _source_pre, const ' ~ T ~ '* _source_post,')}}
{% endblock %}
{% block launch %}
{% import 'cuda_kernel.cu' as kernel with context %}
{% set T = c_data_type(_into.dtype) %}
{{kernel.signal_source('pre', _plain_pre, T)}}
{{kernel.signal_source('post', _plain_post, T)}}
{{kernel.launch('_correlate', 'N', '_source_pre, _source_post,')}}
{% endblock %}
